// A period played before it comes: what would start, who would have what to do, and what could not work.
import { Browser, overflow, violations } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { equal, must, shots, Suite } from './support/suite.mjs';
import { api } from './support/work.mjs';

const suite = new Suite();
const server = await startServer();
const browser = await Browser.open(server);
let page;
const look = { page: () => page };

try {
  page = await browser.as('quan-tri');

  await suite.holds('a period that ends before it begins is not sent', async () => {
    await page.goto(`${server.url}/rehearsal`);
    await page.fill('#rehearse-to', '01/01/2027');
    await page.press('#rehearse-to', 'Enter');
    await page.getByRole('button', { name: 'Diễn tập' }).click();
    await page.locator('#rehearse-to-fault').waitFor();
    equal(await violations(page), [], 'barriers');
  }, look);

  await suite.holds('half a year is played and told: totals, load, days off, deadlines', async () => {
    await page.fill('#rehearse-from', '01/01/2028');
    await page.press('#rehearse-from', 'Enter');
    await page.fill('#rehearse-to', '30/06/2028');
    await page.press('#rehearse-to', 'Enter');
    const sent = page.waitForResponse((r) => r.url().endsWith('/rehearsals'), { timeout: 120_000 });
    await page.getByRole('button', { name: 'Diễn tập' }).click();
    const played = await (await sent).json();
    await page.locator('.tiles').waitFor();
    must(played.totals.starts > 0 && played.totals.tasks > 0, 'something starts');
    const shown = (await page.locator('.tile', { hasText: 'lần khởi tạo' }).locator('b').innerText()).replace(/\D/g, '');
    equal(Number(shown), played.totals.starts, 'starts');
    must(await page.locator('.load-table tbody tr').count() > 0, 'load by person');
    // Names are asked for; an id has no capital.
    await page.waitForFunction(() => [...document.querySelectorAll('.load-table tbody th')].every((one) => /\p{Lu}/u.test(one.textContent)));
    const busiest = played.load.reduce((most, one) => (one.due > most.due ? one : most));
    const named = (await api(page, 'GET', `/people?q=${busiest.person}`)).body.items.find((one) => one.id === busiest.person).name;
    await page.locator('.load-table tbody th', { hasText: named }).first().waitFor();
    must(await page.locator('.findings li').count() > 0, 'collisions with days off');
    equal((await api(page, 'GET', '/instances')).body.items.length, 0, 'nothing is started in earnest');
  }, look);

  await suite.holds('the result is free of barriers and fits, in both languages', async () => {
    const found = [];
    for (const [language, width] of [['vi', 1280], ['en', 1280], ['vi', 390], ['en', 320]]) {
      await page.setViewportSize({ width, height: 860 });
      const now = await page.evaluate(() => document.documentElement.lang);
      if (now !== language) await page.click('.language-switch');
      await page.waitForFunction((l) => document.documentElement.lang === l, language);
      found.push(...(await violations(page)).map((v) => `${language} ${width}: ${v}`));
      if ((await overflow(page)) > 0) found.push(`${language} ${width}: too wide`);
      await page.screenshot({ path: `${shots()}/rehearsal-${language}-${width}.png`, fullPage: true });
    }
    equal(found, [], 'barriers');
  }, look);

  await suite.holds('others than administrators find no such page', async () => {
    page = await browser.as('giam-doc');
    await page.goto(`${server.url}/rehearsal`);
    await page.getByText('Không tìm thấy trang này').first().waitFor();
  }, look);

  await suite.holds('no browser reported a breach of the content security policy or an error', async () => {
    equal(browser.complaints, [], 'complaints');
  });
} finally {
  await browser.close();
  await server.stop();
}
suite.finish();
