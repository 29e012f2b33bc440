// How people are told of things and who stands in for them: preferences within the administrator's
// limits, leave with a deputy, and "on behalf of" in the deputy's inbox.
import { Browser, overflow, violations } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { equal, must, shots, Suite } from './support/suite.mjs';
import { answer, api, nominate } from './support/work.mjs';

const suite = new Suite();
const server = await startServer();
const browser = await Browser.open(server);
let page;
const look = { page: () => page };
const ready = async (path) => {
  await page.goto(server.url + path);
  await page.waitForSelector('main h1');
  await page.waitForFunction(() => !document.querySelector('.loading'));
};
/** Chooses a person in a field that searches. */
const choosePerson = async (id, name) => {
  await page.click(`#${id}`);
  await page.fill(`#${id}`, name);
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: name }).first().click();
};

try {
  await suite.holds('the settings are free of barriers and fit a phone, in both languages', async () => {
    const found = [];
    for (const [account, paths] of [['giam-doc', ['/settings', '/settings/absences']], ['quan-tri', ['/settings/limits']]]) {
      page = await browser.as(account);
      for (const [language, width] of [['vi', 1280], ['vi', 390], ['en', 320]]) {
        await page.setViewportSize({ width, height: 860 });
        await page.evaluate((l) => localStorage.setItem('kyhan.language', l), language);
        for (const path of paths) {
          await ready(path);
          if (path.endsWith('absences')) await page.locator('.section-action button').click();
          found.push(...(await violations(page)).map((v) => `${path} ${language} ${width}: ${v}`));
          if ((await overflow(page)) > 0) found.push(`${path} ${language} ${width}: too wide`);
          await page.screenshot({ path: `${shots()}/settings${path.replace(/\W/g, '-')}-${language}-${width}.png`, fullPage: true });
        }
      }
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.evaluate(() => localStorage.setItem('kyhan.language', 'vi'));
    }
    equal(found, [], 'barriers');
  }, look);

  await suite.holds('a choice is stored and holds after a reload; what the administrator does not allow cannot be chosen', async () => {
    page = await browser.as('giam-doc');
    await ready('/settings');
    must(await page.locator('input[name=overdue][value=off]').isDisabled(), 'overdue cannot be off');
    await page.locator('input[name=created][value=immediate]').check();
    await page.fill('#digest-at', '08:15');
    await page.press('#digest-at', 'Enter');
    await page.getByRole('button', { name: 'Lưu thay đổi' }).click();
    await page.getByText('Đã lưu cài đặt.').waitFor();
    await ready('/settings');
    must(await page.locator('input[name=created][value=immediate]').isChecked(), 'new tasks at once');
    equal(await page.inputValue('#digest-at'), '08:15', 'time of the digest');
    equal((await api(page, 'GET', '/me/preferences')).body.chosen, { digest: { at: '08:15' }, kinds: { created: 'immediate' } }, 'stored');
  }, look);

  await suite.holds('a time outside the limits is refused beside its field', async () => {
    await page.fill('#digest-at', '22:00');
    await page.press('#digest-at', 'Enter');
    await page.getByRole('button', { name: 'Lưu thay đổi' }).click();
    await page.locator('.field:has(#digest-at) .field-error', { hasText: '06:00' }).waitFor();
    equal(await violations(page), [], 'barriers');
    await page.screenshot({ path: `${shots()}/settings-refused.png`, fullPage: true });
  }, look);

  await suite.holds('what the administrator forbids falls back for who had chosen it', async () => {
    page = await browser.as('quan-tri');
    await ready('/settings/limits');
    const row = page.locator('fieldset.choice', { hasText: 'Việc mới' });
    await row.locator('input').first().uncheck();
    await page.getByRole('button', { name: 'Lưu thay đổi' }).click();
    await page.getByText('Đã lưu cài đặt.').waitFor();
    page = await browser.as('giam-doc');
    await ready('/settings');
    must(await page.locator('input[name=created][value=digest]').isChecked(), 'gathered again');
    await page.getByRole('button', { name: 'Theo mặc định của đơn vị' }).click();
    await page.getByText('Đã lưu cài đặt.').waitFor();
    equal((await api(page, 'GET', '/me/preferences')).body.chosen, {}, 'chosen');
  }, look);

  const deputy = await browser.as('pho-giam-doc');
  const deputyName = await deputy.locator('.account-words strong').innerText();
  const head = await browser.as('giam-doc');
  const headName = await head.locator('.account-words strong').innerText();

  await suite.holds('leave without a deputy or with its end before its beginning is not sent', async () => {
    page = head;
    await ready('/settings/absences');
    await page.getByRole('button', { name: 'Ghi lịch vắng mặt' }).click();
    await page.getByRole('button', { name: 'Lưu lịch vắng mặt' }).click();
    equal(await page.locator('.field-error').count(), 3, 'faults: two days and the deputy');
    equal(await page.evaluate(() => document.activeElement.id), 'absence-from', 'the first fault has the focus');
  }, look);

  await suite.holds('leave is recorded with a deputy, who is told and finds the work marked on behalf of', async () => {
    for (const [field, day] of [['from', '01/03/2027'], ['to', '12/03/2027']]) {
      await page.fill(`#absence-${field}`, day);
      await page.press(`#absence-${field}`, 'Enter');
    }
    await choosePerson('absence-deputy', deputyName);
    await page.screenshot({ path: `${shots()}/absence-form.png`, fullPage: true });
    await page.getByRole('button', { name: 'Lưu lịch vắng mặt' }).click();
    await page.getByText('Đã ghi lịch vắng mặt').waitFor();
    for (const list of ['Lịch vắng mặt của tôi', 'Vắng mặt trong đơn vị']) {
      await page.locator('.card', { hasText: list }).locator('.absence', { hasText: deputyName }).getByText('Đang vắng').waitFor();
    }
    page = deputy;
    await ready('/settings/absences');
    await page.locator('.card', { hasText: 'Tôi làm thay' }).locator('.absence', { hasText: headName }).waitFor();
    await page.screenshot({ path: `${shots()}/absence-deputy.png` });
  }, look);

  await suite.holds('the same days cannot be given away twice, and the form says so', async () => {
    page = head;
    await ready('/settings/absences');
    await page.getByRole('button', { name: 'Ghi lịch vắng mặt' }).click();
    for (const [field, day] of [['from', '08/03/2027'], ['to', '15/03/2027']]) {
      await page.fill(`#absence-${field}`, day);
      await page.press(`#absence-${field}`, 'Enter');
    }
    await choosePerson('absence-deputy', deputyName);
    await page.getByRole('button', { name: 'Lưu lịch vắng mặt' }).click();
    await page.locator('#absence-from-fault').waitFor();
    await page.screenshot({ path: `${shots()}/absence-overlap.png`, fullPage: true });
    await page.getByRole('button', { name: 'Thôi' }).click();
  }, look);

  await suite.holds('the head back early ends the leave, and the deputy acts no longer', async () => {
    await page.locator('.absence', { hasText: deputyName }).first().getByRole('button', { name: /Về sớm|Rút lại/ }).click();
    await page.locator('.ant-modal-confirm .ant-btn-primary').click();
    await page.getByText(/Đã kết thúc lịch vắng mặt|Đã rút lịch vắng mặt/).waitFor();
    equal((await api(deputy, 'GET', `/absences?person=${(await api(deputy, 'GET', '/session')).body.person.id}`)).body.items.filter((a) => a.state === 'now').length, 0, 'leave in force');
  }, look);

  await suite.holds('no browser reported a breach of the content security policy or an error', async () => {
    equal(browser.complaints, [], 'complaints');
  });
} finally {
  await browser.close();
  await server.stop();
}
suite.finish();
