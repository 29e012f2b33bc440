// What every page keeps: both languages, phone to wide screen, no barrier, one stream a browser, nothing
// typed lost.
import { Browser, overflow, violations } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { equal, must, shots, Suite } from './support/suite.mjs';
import { api } from './support/work.mjs';

const suite = new Suite();
const server = await startServer();
const browser = await Browser.open(server);
let page;
const look = { page: () => page };

/** A task the head of Finance holds or may take, started here if there is none. */
async function taskOf(account) {
  const who = await browser.as(account);
  const list = await api(who, 'GET', '/tasks?view=mine&limit=100');
  return list.body.items[0];
}
async function ensureTask() {
  const specialist = await browser.as('chuyen-vien');
  if (!(await taskOf('chuyen-vien'))) {
    await api(specialist, 'POST', '/instances', {
      definition: 'reward-nomination', unit: 'so-tai-chinh',
      input: { request: 'nominate', nomineeKind: 'individual', nomineeName: `Hồ Thị Xuân`, award: 'base-fighter', campaign: 'annual', period: 2027, achievement: 'Cải tiến quy trình thanh toán, rút ngắn thời gian.' },
    });
  }
  return taskOf('chuyen-vien');
}

try {
  await suite.holds('wrong credentials are told clearly and nothing secret is shown', async () => {
    const context = await browser.context();
    page = await context.newPage();
    await page.goto(`${server.url}/`);
    await page.fill('#account', 'giam-doc');
    await page.fill('#password', 'not-the-password');
    await page.click('.sign-in-form button[type=submit]');
    await page.locator('.ant-alert-error').waitFor();
    const text = await page.locator('body').innerText();
    must(!text.includes(server.passwords['giam-doc']) || server.passwords['giam-doc'].length < 6, 'no password on the page');
    await page.screenshot({ path: `${shots()}/sign-in.png` });
    await context.close();
  }, look);

  const task = await ensureTask();
  const plan = task.instance.id;
  const routes = {
    tasks: '/tasks', task: `/tasks/${task.id}`, done: '/tasks?view=done', plans: '/plans', plan: `/plans/${plan}`, start: '/start',
    form: '/start/reward-nomination', notifications: '/notifications', workflows: '/workflows',
    workflow: '/workflows/reward-nomination', 'not-found': '/khong-co',
  };
  const headRoutes = { overview: '/overview', team: '/tasks?view=team' };
  const adminRoutes = { clock: '/clock', 'start-many': '/start/reward-nomination' };

  for (const [language, width] of [['vi', 1280], ['vi', 390], ['en', 768]]) {
    await suite.holds(`every page in ${language} at ${width} px is free of barriers and fits`, async () => {
      const found = [];
      for (const [account, set] of [['chuyen-vien', routes], ['giam-doc', headRoutes], ['quan-tri', adminRoutes]]) {
        page = await browser.as(account);
        await page.setViewportSize({ width, height: width < 500 ? 844 : 860 });
        await page.evaluate((l) => localStorage.setItem('kyhan.language', l), language);
        for (const [name, path] of Object.entries(set)) {
          await page.goto(server.url + path);
          await page.waitForSelector('main h1, main h2');
          await page.waitForFunction(() => !document.querySelector('.loading'));
          await page.screenshot({ path: `${shots()}/${name}-${language}-${width}.png`, fullPage: width < 500 });
          for (const v of await violations(page)) found.push(`${name}: ${v}`);
          const wide = await overflow(page);
          if (wide > 0) found.push(`${name}: wider than the screen by ${wide} px`);
        }
      }
      equal(found, [], 'barriers');
    }, look);
  }

  await suite.holds('the dialog of a decision, the bell and the menus are free of barriers', async () => {
    page = await browser.as('chuyen-vien');
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.evaluate(() => localStorage.setItem('kyhan.language', 'vi'));
    await page.goto(`${server.url}/tasks/${task.id}`);
    await page.click('.bell-button');
    await page.locator('#bell').waitFor();
    const found = (await violations(page)).map((v) => `bell: ${v}`);
    await page.keyboard.press('Escape');
    await page.click('[data-outcome=submit]');
    await page.waitForSelector('.error-summary, [data-testid=confirm]');
    found.push(...(await violations(page)).map((v) => `summary: ${v}`));
    await page.click('[data-outcome=withdraw]');
    await page.click('[data-testid=confirm]');
    await page.locator('#decision-help[role=alert]').waitFor();
    found.push(...(await violations(page)).map((v) => `dialog: ${v}`));
    await page.screenshot({ path: `${shots()}/decision.png` });
    await page.keyboard.press('Escape');
    await page.click('.account-button');
    await page.getByRole('menuitem', { name: 'Đăng xuất' }).waitFor();
    found.push(...(await violations(page)).map((v) => `account: ${v}`));
    equal(found, [], 'barriers');
  }, look);

  await suite.holds('no page is wider than a screen of 320 px', async () => {
    const found = [];
    page = await browser.as('giam-doc');
    await page.setViewportSize({ width: 320, height: 700 });
    for (const path of ['/tasks', '/plans', '/overview', '/start', '/notifications', '/workflows', '/workflows/reward-nomination']) {
      await page.goto(server.url + path);
      await page.waitForSelector('h1');
      await page.waitForFunction(() => !document.querySelector('.loading'));
      if ((await overflow(page)) > 0) found.push(path);
    }
    equal(found, [], 'pages that overflow');
  }, look);

  await suite.holds('the language switch changes every word, the lang attribute, and is remembered', async () => {
    page = await browser.as('giam-doc');
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.evaluate(() => localStorage.removeItem('kyhan.language'));
    await page.goto(`${server.url}/tasks`);
    await page.getByRole('heading', { name: 'Việc của tôi' }).first().waitFor();
    equal(await page.getAttribute('html', 'lang'), 'vi', 'lang');
    await page.click('.language-switch');
    await page.getByRole('heading', { name: 'My tasks' }).first().waitFor();
    equal(await page.getAttribute('html', 'lang'), 'en', 'lang');
    await page.reload();
    await page.getByRole('heading', { name: 'My tasks' }).first().waitFor();
    const nav = await page.locator('.side nav').innerText();
    must(!/[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i.test(nav), `no Vietnamese word is left in the menu: ${nav}`);
    await page.click('.language-switch');
    await page.getByRole('heading', { name: 'Việc của tôi' }).first().waitFor();
  }, look);

  await suite.holds('two tabs of one browser read one event stream', async () => {
    page = await browser.as('giam-doc', { fresh: true });
    const second = await page.context().newPage();
    let streams = 0;
    for (const tab of [page, second]) tab.on('request', (r) => { if (r.url().endsWith('/api/v1/events')) streams += 1; });
    await second.goto(`${server.url}/tasks`);
    await second.waitForSelector('.inbox-list');
    await page.goto(`${server.url}/plans`);
    await page.waitForSelector('h1');
    await second.bringToFront();
    // The first tab may hand the stream over when it is loaded again; never do both read one.
    await page.waitForFunction(async () => (await navigator.locks.query()).held.some((l) => l.name === 'kyhan.live'));
    const held = await page.evaluate(async () => (await navigator.locks.query()).held.filter((l) => l.name === 'kyhan.live').length);
    equal(held, 1, 'tabs that hold the stream');
    must(streams <= 2, `streams opened: ${streams}`);
    await page.context().close();
  }, look);

  await suite.holds('the filter of the inbox stays in the address', async () => {
    page = await browser.as('chuyen-vien');
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.evaluate(() => localStorage.setItem('kyhan.language', 'vi'));
    await page.goto(`${server.url}/tasks?due=later`);
    await page.locator('.chips [aria-pressed=true]').waitFor();
    equal(await page.locator('.chips [aria-pressed=true]').count(), 1, 'chosen group');
    must((await page.locator('.chips [aria-pressed=true]').innerText()).startsWith('Sau'), 'the group Sau is chosen');
  }, look);

  await suite.holds('a task changed by another hand is told, and what was typed is kept', async () => {
    page = await browser.as('chuyen-vien', { fresh: true });
    const other = await browser.as('chuyen-vien');
    await page.route('**/api/v1/events', (route) => route.abort());
    await page.goto(`${server.url}/tasks/${task.id}`);
    await page.waitForSelector('[data-outcome=withdraw]');
    await page.click('[data-outcome=withdraw]');
    await page.fill('#decision-comment', 'Nội dung đang gõ dở.');
    const now = (await api(other, 'GET', `/tasks/${task.id}`)).body;
    const action = now.state === 'offered' ? 'claim' : 'release';
    const moved = await api(other, 'POST', `/tasks/${task.id}:${action}`, {}, { 'If-Match': now.etag });
    must(moved.status === 200, `${action}: ${JSON.stringify(moved)}`);
    await page.click('[data-testid=confirm]');
    await page.locator('.ant-alert-warning').waitFor();
    await page.click('[data-outcome=withdraw]');
    equal(await page.inputValue('#decision-comment'), 'Nội dung đang gõ dở.', 'comment');
    await page.screenshot({ path: `${shots()}/changed.png` });
    await page.context().close();
  }, look);

  await suite.holds('when the session ends, signing in again in place keeps the text and sends it', async () => {
    page = await browser.as('chuyen-vien', { fresh: true });
    await page.goto(`${server.url}/tasks/${task.id}`);
    await page.click('[data-outcome=withdraw]');
    await page.fill('#decision-comment', 'Rút đề nghị để bổ sung thành tích.');
    await page.context().clearCookies();
    await page.click('[data-testid=confirm]');
    await page.locator('.ant-modal .sign-in-form').waitFor();
    await page.screenshot({ path: `${shots()}/session-ended.png` });
    await page.fill('.ant-modal #password', server.passwords['chuyen-vien']);
    await page.click('.ant-modal .sign-in-form button[type=submit]');
    await page.waitForSelector('.recorded');
    const done = (await api(page, 'GET', `/tasks/${task.id}`)).body;
    equal(done.state, 'completed', 'state of the task');
    await page.context().close();
  }, look);

  await suite.holds('a person without access gets the page for what is not there', async () => {
    page = await browser.as('chuyen-vien');
    await page.goto(`${server.url}/tasks/khong-co`);
    await page.locator('.problem').waitFor();
    await page.goto(`${server.url}/clock`);
    await page.locator('h1').waitFor();
    must(await page.locator('[data-testid=clock-now]').count() === 0, 'the clock is for administrators');
  }, look);

  await suite.holds('an unreachable server is told, and the page recovers', async () => {
    page = await browser.as('chuyen-vien', { fresh: true });
    await page.route('**/api/v1/instances?**', (route) => route.abort());
    await page.goto(`${server.url}/plans`);
    await page.locator('.problem').waitFor();
    await page.unroute('**/api/v1/instances?**');
    await page.locator('.problem button').click();
    await page.locator('.plan-table, .empty').first().waitFor();
    await page.context().close();
  }, look);

  await suite.holds('signing out ends the session', async () => {
    page = await browser.as('chuyen-vien', { fresh: true });
    await page.click('.account-button');
    await page.getByRole('menuitem', { name: 'Đăng xuất' }).click();
    await page.waitForSelector('#account');
    await page.context().close();
  }, look);

  await suite.holds('the administrator moves the clock to a day written as people here write it', async () => {
    page = await browser.as('quan-tri');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.evaluate(() => localStorage.setItem('kyhan.language', 'vi'));
    await page.goto(`${server.url}/clock`);
    await page.fill('#clock-date', '05/03/2027');
    await page.press('#clock-date', 'Enter');
    await page.fill('#clock-time', '14:07');
    await page.press('#clock-time', 'Enter');
    await page.getByRole('button', { name: 'Chuyển đồng hồ' }).click();
    await page.locator('.ant-alert-success').waitFor();
    equal((await api(page, 'GET', '/clock')).body.now, '2027-03-05T07:07:00Z', 'now');
    equal(await violations(page), [], 'barriers');
    await page.screenshot({ path: `${shots()}/clock-moved.png` });
  }, look);

  await suite.holds('no browser reported a breach of the content security policy or an error', async () => {
    equal(browser.complaints, [], 'complaints');
  });
} finally {
  await browser.close();
  await server.stop();
}
suite.finish();
