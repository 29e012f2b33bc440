// A reward nomination from start to the leader's decision, through the pages, with the clock moved by
// the administrator where days must pass.
import { Browser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { equal, must, shots, Suite } from './support/suite.mjs';
import { answer, api, attach, decide, doTask, fill, openTask } from './support/work.mjs';

const suite = new Suite();
const server = await startServer();
const browser = await Browser.open(server);
let page;
const look = { page: () => page };
const year = 2027;

/** The steps before the leader, each by whom and with what. */
const road = [
  ['writeReport', 'chuyen-vien', { files: ['achievementReport', 'initiativeCertificate'], outcome: 'submit' }],
  ['checkConflicts', 'to-chuc', { data: { underDiscipline: false, underInspection: false, rewardedBefore: false }, outcome: 'clear' }],
  ['reviewInUnit', 'to-chuc', { data: { invited: 22, present: 20, inFavour: 19 }, files: ['reviewMinutes'], outcome: 'record' }],
  ['postList', 'van-thu', { files: ['postingProof'], outcome: 'posted' }],
  ['days', 14],
  ['submitDossier', 'giam-doc', { files: ['submission'], outcome: 'submit' }],
  ['receiveDossier', 'tham-dinh', { data: { hasSubmission: true, hasReport: true, hasMinutes: true, hasBallot: true, hasInitiative: true }, outcome: 'accept' }],
  ['appraise', 'tham-dinh', { data: { criteriaMet: true, assessment: 'Đủ tiêu chuẩn, thành tích rõ ràng.' }, files: ['appraisalNote'], outcome: 'propose' }],
  ['confirmAppraisal', 'thu-ky-hoi-dong', { outcome: 'confirm' }],
  ['councilVote', 'thu-ky-hoi-dong', { data: { present: 11, issued: 11, valid: 11, votes: { for: 10, against: 1 } }, files: ['councilMinutes'], outcome: 'record' }],
  ['councilVote', 'giam-doc-noi-vu', { outcome: 'confirm' }],
  ['draftDecision', 'tham-dinh', { files: ['draftDecision'], outcome: 'submit' }],
];

async function advance(days) {
  const admin = await browser.as('quan-tri');
  const clock = await api(admin, 'GET', '/clock');
  const to = new Date(Date.parse(clock.body.now) + days * 86_400_000).toISOString();
  const moved = await api(admin, 'POST', '/clock:advance', { to });
  must(moved.status === 200, `clock: ${JSON.stringify(moved)}`);
  return moved.body;
}
/** Plays a nomination up to (not including) the given step, without the pages. */
async function playTo(plan, last) {
  for (const [step, who, what] of road) {
    if (step === last) return;
    if (step === 'days') await advance(who);
    else await answer(await browser.as(who), plan, step, what);
  }
}
async function startNomination(who, nominee) {
  page = await browser.as(who);
  await page.goto(`${server.url}/start`);
  await page.click('a[href="/start/reward-nomination"]');
  await fill(page, {
    nomineeKind: { choose: 'Cá nhân' },
    nomineeName: nominee,
    award: { choose: 'Chiến sĩ thi đua cơ sở' },
    campaign: { choose: 'Thường xuyên hằng năm' },
    period: year,
    achievement: 'Tham mưu quy chế công khai tài chính, giải quyết dứt điểm kiến nghị của cán bộ.',
  });
  await page.click('.form-foot button[type=submit]');
}

try {
  let plan, title;
  await suite.holds('a specialist starts a nomination for the own unit from the page', async () => {
    await startNomination('chuyen-vien', 'Trần Thị Hoa');
    await page.waitForURL(/\/plans\/.+/);
    plan = page.url().split('/').pop();
    await page.waitForSelector('.stepper');
    title = (await api(page, 'GET', `/instances/${plan}`)).body.title.vi;
    must(await page.locator('.step-current').count() === 1, 'one step is the present one');
  }, look);

  await suite.holds('a second start with the same business key is refused and names the first', async () => {
    await startNomination('chuyen-vien', 'Trần Thị Hoa');
    const first = page.locator(`.ant-alert a[href="/plans/${plan}"]`);
    await first.waitFor();
    await first.click();
    await page.waitForURL(new RegExp(plan));
  }, look);

  await suite.holds('the task stands in the inbox of whoever must act, below a group of due dates', async () => {
    page = await browser.as('chuyen-vien');
    await page.goto(`${server.url}/tasks`);
    await page.locator('.task-row', { hasText: title }).first().waitFor();
    must(await page.locator('.group-head').count() > 0, 'there is a group');
    await page.screenshot({ path: `${shots()}/inbox.png` });
  }, look);

  await suite.holds('a report without its evidence is refused with a list of what is missing', async () => {
    await openTask(page, title);
    await page.click('[data-outcome=submit]');
    const lines = await page.locator('.error-summary li').allInnerTexts();
    must(lines.length >= 1, 'the summary names what is missing');
    await page.screenshot({ path: `${shots()}/evidence-missing.png` });
  }, look);

  await suite.holds('the specialist attaches the report and completes the task, which is gone at once', async () => {
    await attach(page, ['achievementReport', 'initiativeCertificate']);
    await decide(page, 'submit', 'Kính trình xem xét.');
  }, look);

  await suite.holds('the next person has the task and the bell rings without a reload', async () => {
    page = await browser.as('to-chuc');
    await page.goto(`${server.url}/tasks`);
    await page.locator('.task-row', { hasText: title }).first().waitFor();
    await doTask(page, title, { data: { underDiscipline: false, underInspection: false, rewardedBefore: false }, outcome: 'clear' });
    await doTask(page, title, { data: { invited: 22, present: 20, inFavour: 19 }, files: ['reviewMinutes'], outcome: 'record' });
  }, look);

  await suite.holds('the list is posted, nobody objects in the time of publicity, the head submits', async () => {
    page = await browser.as('van-thu');
    await doTask(page, title, { files: ['postingProof'], outcome: 'posted' });
    await advance(14);
    page = await browser.as('giam-doc');
    await doTask(page, title, { files: ['submission'], outcome: 'submit' });
  }, look);

  await suite.holds('the dossier is received and appraised by one and confirmed by another', async () => {
    page = await browser.as('tham-dinh');
    await doTask(page, title, { data: { hasSubmission: true, hasReport: true, hasMinutes: true, hasBallot: true, hasInitiative: true }, outcome: 'accept' });
    await doTask(page, title, { data: { criteriaMet: true, assessment: 'Đủ tiêu chuẩn, thành tích rõ ràng.' }, files: ['appraisalNote'], outcome: 'propose' });
    page = await browser.as('thu-ky-hoi-dong');
    await doTask(page, title, { outcome: 'confirm' });
  }, look);

  await suite.holds('the council vote is recorded and countersigned', async () => {
    await answer(await browser.as('thu-ky-hoi-dong'), plan, 'councilVote', road[9][2]);
    page = await browser.as('giam-doc-noi-vu');
    await doTask(page, title, { outcome: 'confirm' });
  }, look);

  await suite.holds("the leader's bell rings and the task appears without a reload", async () => {
    const leader = await browser.as('chu-tich');
    await leader.goto(`${server.url}/tasks`);
    await leader.waitForSelector('.inbox-list');
    const before = Number(await leader.locator('[data-testid=bell-count]').textContent({ timeout: 500 }).catch(() => '0'));
    let loads = 0;
    leader.on('load', () => { loads += 1; });
    page = await browser.as('tham-dinh');
    await doTask(page, title, { files: ['draftDecision'], outcome: 'submit' });
    page = leader;
    await leader.waitForFunction((n) => Number(document.querySelector('[data-testid=bell-count]')?.textContent ?? 0) > n, before);
    await leader.locator('.task-row', { hasText: title }).first().waitFor();
    equal(loads, 0, 'reloads');
    await leader.click('.bell-button');
    await leader.screenshot({ path: `${shots()}/bell.png` });
    await leader.keyboard.press('Escape');
  }, look);

  await suite.holds('the leader cannot return it without a reason, and returns it with one', async () => {
    await openTask(page, title);
    await page.screenshot({ path: `${shots()}/leader.png` });
    await page.click('[data-outcome=return]');
    await page.click('[data-testid=confirm]');
    await page.locator('#decision-help[role=alert]').waitFor();
    await page.fill('#decision-comment', 'Bổ sung số phiếu tán thành vào tờ trình.');
    await page.click('[data-testid=confirm]');
    await page.waitForSelector('.recorded');
    page = await browser.as('tham-dinh');
    await openTask(page, title);
    must(await page.getByText('Bổ sung số phiếu tán thành vào tờ trình.').count() > 0, 'the reason is shown to who must act');
    await attach(page, ['draftDecision']);
    await decide(page, 'submit');
  }, look);

  await suite.holds('the leader approves, and the plan shows who did what and when', async () => {
    page = await browser.as('chu-tich');
    await doTask(page, title, { data: { decisionNumber: '1234/QĐ-UBND' }, files: ['decision'], outcome: 'approve' });
    page = await browser.as('giam-doc');
    await page.goto(`${server.url}/plans/${plan}`);
    await page.waitForSelector('.timeline .event');
    must(await page.getByText('Bổ sung số phiếu tán thành vào tờ trình.').count() > 0, 'the history keeps the reason');
    must(await page.locator('.step-done').count() >= 8, 'the steps are done');
    await page.screenshot({ path: `${shots()}/plan.png`, fullPage: true });
  }, look);

  await suite.holds('the head sees the plans of the department: where each stands and who holds it', async () => {
    await page.goto(`${server.url}/overview`);
    const row = page.locator(`.plan-table tbody tr:has(a[href="/plans/${plan}"])`);
    await row.waitFor();
    await page.screenshot({ path: `${shots()}/overview.png`, fullPage: true });
  }, look);

  await suite.holds('another nomination is refused by the leader with a reason, and the plan ends with it', async () => {
    await startNomination('chuyen-vien', 'Lê Văn Bình');
    await page.waitForURL(/\/plans\/.+/);
    const second = page.url().split('/').pop();
    const name = (await api(page, 'GET', `/instances/${second}`)).body.title.vi;
    await playTo(second, 'leader');
    page = await browser.as('chu-tich');
    await doTask(page, name, { outcome: 'refuse', comment: 'Thành tích chưa đủ minh chứng.' });
    const plan2 = await api(await browser.as('giam-doc'), 'GET', `/instances/${second}/history?limit=200`);
    must(JSON.stringify(plan2.body).includes('Thành tích chưa đủ minh chứng.'), 'the reason is in the history');
  }, look);

  await suite.holds('a task not done in time turns overdue, is marked in the inbox and reaches the head', async () => {
    await startNomination('chuyen-vien', 'Phan Thị Cúc');
    await page.waitForURL(/\/plans\/.+/);
    const third = page.url().split('/').pop();
    const name = (await api(page, 'GET', `/instances/${third}`)).body.title.vi;
    await page.goto(`${server.url}/tasks`);
    await page.locator('.task-row', { hasText: name }).first().waitFor();
    const head = await browser.as('giam-doc');
    await head.goto(`${server.url}/plans`);
    const told = (await api(head, 'GET', '/notifications?limit=200')).body.items.length;
    const admin = await browser.as('quan-tri');
    await admin.goto(`${server.url}/clock`);
    await admin.getByRole('button', { name: '+30 ngày' }).click();
    await admin.locator('.ant-alert-success').waitFor();
    await admin.screenshot({ path: `${shots()}/clock.png` });
    await page.locator('.task-row.due-edge-overdue', { hasText: name }).first().waitFor();
    must(await page.locator('.group-overdue').count() === 1, 'the group Quá hạn is there');
    await page.screenshot({ path: `${shots()}/overdue.png` });
    page = head;
    const after = (await api(head, 'GET', '/notifications?limit=200')).body;
    must(after.items.length > told, 'the head was told');
    await head.goto(`${server.url}/overview`);
    await head.locator(`.plan-table tbody tr:has(a[href="/plans/${third}"]) .due-overdue`).waitFor();
  }, look);

  await suite.holds('nobody outside the unit sees the plan', async () => {
    page = await browser.as('chuyen-vien-giao-duc');
    await page.goto(`${server.url}/plans/${plan}`);
    await page.locator('.problem').waitFor();
  }, look);

  await suite.holds('no browser reported a breach of the content security policy or an error', async () => {
    equal(browser.complaints, [], 'complaints');
  });
} finally {
  await browser.close();
  await server.stop();
}
suite.finish();
