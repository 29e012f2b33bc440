// Many tasks at once: chosen by keyboard, of one step only, each judged by itself; what was refused
// stays chosen with its reason. More than two hundred become a job.
import { Browser, overflow, violations } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { equal, must, shots, Suite } from './support/suite.mjs';
import { api, nominate } from './support/work.mjs';

const suite = new Suite();
const server = await startServer();
const browser = await Browser.open(server);
let page;
const look = { page: () => page };
const rows = () => page.locator('.task-row');
const box = (plan) => page.locator('li.choosable', { hasText: plan }).locator('input[type=checkbox]');

try {
  page = await browser.as('chuyen-vien');
  const plans = [];
  for (const name of ['Hồ Thị Xuân', 'Lê Văn Hạ', 'Trần Thị Thu', 'Đỗ Văn Đông']) plans.push(await nominate(page, name));

  await suite.holds('choosing is free of barriers, fits the screen and works by keyboard alone', async () => {
    await page.goto(`${server.url}/tasks`);
    await page.getByRole('button', { name: 'Chọn nhiều' }).focus();
    await page.keyboard.press('Enter');
    await box('Hồ Thị Xuân').focus();
    await page.keyboard.press('Space');
    await page.getByText('Đã chọn 1 việc').waitFor();
    await page.getByRole('button', { name: 'Chọn cả 4 việc cùng bước' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Đã chọn 4 việc').waitFor();
    const found = [];
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 860 });
      if (width < 1024) {
        await page.goto(`${server.url}/tasks`);
        await page.getByRole('button', { name: 'Chọn nhiều' }).click();
        await box('Hồ Thị Xuân').check();
      }
      found.push(...(await violations(page)).map((v) => `${width}: ${v}`));
      if ((await overflow(page)) > 0) found.push(`${width}: too wide`);
      await page.screenshot({ path: `${shots()}/many-${width}.png` });
    }
    equal(found, [], 'barriers');
  }, look);

  await suite.holds('an outcome that needs documents of each task is not offered for many', async () => {
    await page.goto(`${server.url}/tasks`);
    await page.getByRole('button', { name: 'Chọn nhiều' }).click();
    await box('Hồ Thị Xuân').check();
    await page.locator('[data-bulk-outcome=submit]').waitFor();
    must(await page.locator('[data-bulk-outcome=submit]').isDisabled(), 'sending the report is for one at a time');
    must(await page.locator('[data-bulk-outcome=withdraw]').isEnabled(), 'withdrawing is for many');
  }, look);

  await suite.holds('what was changed by another hand is refused with its reason and stays chosen; the rest is done', async () => {
    const held = plans[1].task;
    await page.getByRole('button', { name: 'Chọn cả 4 việc cùng bước' }).click();
    await page.locator('[data-bulk-outcome=withdraw]').click();
    await page.getByTestId('bulk-confirm').click();
    await page.locator('#bulk-comment-help[role=alert]').waitFor();
    await page.fill('#bulk-comment', 'Chưa đủ thành tích để đề nghị năm nay.');
    equal(await violations(page), [], 'barriers of the dialog');
    await page.screenshot({ path: `${shots()}/many-confirm.png` });
    // The list behind the dialog has read the change already; what was confirmed is what stood there
    // when the dialog opened.
    const reread = page.waitForResponse(async (r) => /\/tasks\?/.test(r.url()) && r.ok()
      && (await r.json()).items.some((task) => task.id === held && task.state === 'claimed'));
    const claimed = await api(page, 'POST', `/tasks/${held}:claim`, {}, { 'If-Match': '"1"' });
    equal(claimed.status, 200, 'claim');
    await reread;
    const sent = page.waitForRequest((r) => r.url().endsWith('/tasks:batch'));
    await page.getByTestId('bulk-confirm').click();
    equal((await sent).postDataJSON().items.length, 4, 'tasks sent in one request');
    await page.locator('.bulk-result').waitFor();
    await page.locator('.task-row').nth(1).waitFor({ state: 'detached' });
    const words = await page.locator('.bulk').innerText();
    if (words.includes('Xong 3 việc, chưa được 1 việc')) {
      await page.locator('.row-refusal').waitFor();
      must(await box('Lê Văn Hạ').isChecked(), 'the refused one is still chosen');
      await page.screenshot({ path: `${shots()}/many-refused.png` });
    } else throw new Error(`the refused one is told: ${words}`);
    for (const plan of [plans[0], plans[2], plans[3]]) {
      equal((await api(page, 'GET', `/tasks/${plan.task}`)).body.state, 'completed', 'state');
    }
  }, look);

  await suite.holds('many are claimed and given back at once', async () => {
    const both = [await nominate(page, 'Phan Thị Mai'), await nominate(page, 'Vũ Văn Lâm')];
    await page.goto(`${server.url}/tasks`);
    await rows().nth(2).waitFor();
    await page.getByRole('button', { name: 'Chọn nhiều' }).click();
    for (const [action, state] of [['claim', 'claimed'], ['release', 'offered']]) {
      await box('Phan Thị Mai').check();
      await box('Vũ Văn Lâm').check();
      await page.locator('.bulk-result').waitFor({ state: 'detached' });
      await page.locator(`[data-bulk=${action}]`).click();
      await page.getByTestId('bulk-confirm').click();
      await page.locator('.bulk-result', { hasText: 'Xong 2 việc, chưa được 0 việc' }).waitFor();
      const listed = (await api(page, 'GET', '/tasks?view=mine')).body.items;
      for (const plan of both) equal(listed.find((task) => task.instance.id === plan.id).state, state, 'state');
    }
  }, look);

  await suite.holds('more than two hundred become a job whose progress is shown until all are done', async () => {
    const count = 204;
    const started = await page.evaluate(async (n) => {
      const answers = await Promise.all(Array.from({ length: n }, (_, i) => fetch('/api/v1/instances', {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ definition: 'reward-nomination', unit: 'so-tai-chinh', input: { request: 'nominate', nomineeKind: 'individual', nomineeName: `Người thứ ${i + 1}`, award: 'base-fighter', campaign: 'annual', period: 2027, achievement: 'Hoàn thành tốt nhiệm vụ.' } }),
      })));
      return answers.filter((a) => a.status === 201).length;
    }, count);
    equal(started, count, 'started');
    await page.goto(`${server.url}/tasks?q=Người thứ`);
    for (let shown = 100; shown < count; shown += 100) {
      await page.getByRole('button', { name: 'Xem thêm' }).click();
      await rows().nth(Math.min(shown + 99, count - 1)).waitFor();
    }
    await page.getByRole('button', { name: 'Chọn nhiều' }).click();
    await box('Người thứ 204').check();
    await page.getByRole('button', { name: `Chọn cả ${count} việc cùng bước` }).click();
    await page.locator('[data-bulk-outcome=withdraw]').click();
    await page.fill('#bulk-comment', 'Dừng đề nghị cả đợt.');
    const answer = page.waitForResponse((r) => r.url().endsWith('/tasks:batch'));
    await page.getByTestId('bulk-confirm').click();
    equal((await answer).status(), 202, 'status');
    await page.getByText(`Xong ${count} việc, chưa được 0 việc`).first().waitFor();
    await page.locator('.empty').first().waitFor();
  }, look);

  await suite.holds('no browser reported a breach of the content security policy or an error', async () => {
    equal(browser.complaints, [], 'complaints');
  });
} finally {
  await browser.close();
  await server.stop();
}
suite.finish();
