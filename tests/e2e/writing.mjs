// What people write: an answer not yet given is kept on the server and found again anywhere; the
// discussion of a case reaches those it names and nobody who may not see the case.
import { Browser, overflow, violations } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { equal, must, shots, Suite } from './support/suite.mjs';
import { api, attach, nominate } from './support/work.mjs';

const suite = new Suite();
const server = await startServer();
const browser = await Browser.open(server);
let page;
const look = { page: () => page };

const writeReason = async (tab, reason) => {
  await tab.click('[data-outcome=withdraw]');
  await tab.fill('#decision-comment', reason);
};
const readReason = async (tab) => {
  await tab.click('[data-outcome=withdraw]');
  return tab.inputValue('#decision-comment');
};

try {
  const specialist = await browser.as('chuyen-vien');
  const { id: plan, task } = await nominate(specialist, 'Hồ Thị Xuân');

  await suite.holds('what was typed and attached is found again in another browser', async () => {
    page = specialist;
    await page.goto(`${server.url}/tasks/${task}`);
    await attach(page, ['achievementReport']);
    await writeReason(page, 'Ý kiến chưa gửi.');
    await page.locator('[data-testid=draft-saved]').waitFor();
    page = await browser.as('chuyen-vien', { fresh: true });
    await page.goto(`${server.url}/tasks/${task}`);
    await page.locator('[data-testid=draft-restored]').waitFor();
    await page.locator('#evidence-achievementReport .file').waitFor();
    equal(await readReason(page), 'Ý kiến chưa gửi.', 'comment');
    equal(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.includes('draft'))), [], 'left in the browser');
    await page.context().close();
  }, look);

  await suite.holds('a draft stored from another page is told, and the person chooses which one holds', async () => {
    page = specialist;
    await page.goto(`${server.url}/tasks/${task}`);
    await page.locator('[data-testid=draft-restored]').waitFor();
    const other = await page.context().newPage();
    await other.goto(`${server.url}/tasks/${task}`);
    await writeReason(other, 'Viết ở trang kia.');
    await other.locator('[data-testid=draft-saved]').waitFor();
    await writeReason(page, 'Viết ở trang này.');
    await page.getByText('Bản nháp vừa được lưu từ nơi khác').waitFor();
    await page.locator('.ant-modal .dialog-foot button').first().click();
    equal(await violations(page), [], 'barriers');
    await page.screenshot({ path: `${shots()}/draft-elsewhere.png` });
    await page.getByRole('button', { name: 'Giữ nội dung trên trang này' }).click();
    await page.locator('[data-testid=draft-saved]').waitFor();
    await other.reload();
    equal(await readReason(other), 'Viết ở trang này.', 'comment');
    await other.close();
  }, look);

  await suite.holds('while the server cannot be reached the page says so, keeps the text and stores it later', async () => {
    page = specialist;
    await page.goto(`${server.url}/tasks/${task}`);
    await page.route('**/draft', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
    await writeReason(page, 'Gõ lúc mất mạng.');
    await page.getByText('Chưa lưu được nháp; trang sẽ tự thử lại.').waitFor();
    await page.unroute('**/draft');
    await page.locator('[data-testid=draft-saved]').waitFor();
    equal((await api(page, 'GET', `/tasks/${task}/draft`)).body.comment, 'Gõ lúc mất mạng.', 'stored');
  }, look);

  await suite.holds('signing out stores what was typed a moment before, and a discarded draft is gone', async () => {
    page = await browser.as('chuyen-vien', { fresh: true });
    await page.goto(`${server.url}/tasks/${task}`);
    await writeReason(page, 'Gõ ngay trước khi đăng xuất.');
    await page.locator('.ant-modal .dialog-foot button').first().click();
    await page.click('.account-button');
    await page.getByRole('menuitem', { name: 'Đăng xuất' }).click();
    await page.waitForSelector('#account');
    await page.context().close();
    page = specialist;
    equal((await api(page, 'GET', `/tasks/${task}/draft`)).body.comment, 'Gõ ngay trước khi đăng xuất.', 'stored');
    await page.goto(`${server.url}/tasks/${task}`);
    await page.getByRole('button', { name: 'Bỏ bản nháp' }).click();
    await page.locator('[data-testid=draft-restored]').waitFor({ state: 'detached' });
    equal((await api(page, 'GET', `/tasks/${task}/draft`)).status, 204, 'draft');
    equal(await readReason(page), '', 'comment');
    await page.keyboard.press('Escape');
  }, look);

  await suite.holds('a mention is chosen by keyboard, shown by name and told to the person', async () => {
    const head = await browser.as('giam-doc');
    const name = await head.locator('.account-words strong').innerText();
    page = specialist;
    await page.goto(`${server.url}/tasks/${task}`);
    const field = page.locator('.comment-form textarea');
    await field.pressSequentially(`Xin ý kiến @${name.slice(0, 5)}`);
    await page.locator('.mention-list li[aria-selected=true]').waitFor();
    const offered = await page.locator('.mention-list li').allInnerTexts();
    const at = offered.findIndex((words) => words.startsWith(name));
    must(at >= 0, `${name} is offered among ${offered}`);
    for (let i = 0; i < at; i += 1) await field.press('ArrowDown');
    equal(await violations(page), [], 'barriers');
    await page.screenshot({ path: `${shots()}/mention.png` });
    await field.press('Enter');
    await field.pressSequentially('về thành tích này.');
    equal(await field.inputValue(), `Xin ý kiến @${name} về thành tích này.`, 'what stands in the field');
    await page.locator('.comment-form button').click();
    equal(await page.locator('.comment .mentioned').innerText(), `@${name}`, 'the name in the discussion');
    page = head;
    await page.goto(`${server.url}/notifications`);
    await page.locator('main .note', { hasText: 'về thành tích này' }).first().click();
    await page.locator('.comment .mentioned').waitFor();
  }, look);

  await suite.holds('naming somebody who may not see the case is refused beside the field', async () => {
    page = specialist;
    await page.goto(`${server.url}/plans/${plan}`);
    await page.locator('.comment .mentioned').waitFor();
    await page.locator('.comment-form textarea').fill('@dang-quang-tri-ptt xem giúp.');
    await page.locator('.comment-form button').click();
    await page.locator('.comment-form [role=alert]', { hasText: 'không được xem hồ sơ này' }).waitFor();
    equal(await page.locator('.comment').count(), 1, 'comments');
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      equal(await violations(page), [], `barriers at ${width} px`);
      must((await overflow(page)) <= 0, `fits ${width} px`);
      await page.locator('#comments').screenshot({ path: `${shots()}/discussion-${width}.png` });
    }
  }, look);

  await suite.holds('the holder asks a colleague from the page; who was asked reads the question there and answers it', async () => {
    const personnel = await browser.as('to-chuc');
    const name = await personnel.locator('.account-words strong').innerText();
    page = specialist;
    await page.setViewportSize({ width: 1280, height: 860 });
    const asked = await nominate(page, 'Lê Văn Hạ');
    await page.goto(`${server.url}/tasks/${asked.task}`);
    await page.getByRole('button', { name: 'Nhận việc' }).click();
    await page.getByTestId('verbs').click();
    await page.getByRole('menuitem', { name: 'Hỏi thông tin' }).click();
    await page.locator('#verb-to').fill(name);
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: name }).first().click();
    await page.fill('#verb-words', 'Đồng chí Hạ có đang bị xem xét kỷ luật không?');
    equal(await violations(page), [], 'barriers of the dialog');
    await page.screenshot({ path: `${shots()}/question-ask.png` });
    await page.locator('.ant-modal-footer .ant-btn-primary').click();
    await page.locator('#questions', { hasText: 'Chưa trả lời' }).waitFor();
    page = personnel;
    await page.goto(`${server.url}/tasks/${asked.task}`);
    await page.locator('#questions blockquote', { hasText: 'xem xét kỷ luật' }).waitFor();
    equal(await violations(page), [], 'barriers of the question');
    await page.screenshot({ path: `${shots()}/question.png` });
    await page.fill('#info-answer', 'Không.');
    await page.locator('#questions button[type=submit]').click();
    await page.locator('#questions').waitFor({ state: 'detached' });
    page = specialist;
    await page.locator('#questions').waitFor({ state: 'detached' });
    equal((await api(page, 'GET', `/tasks/${asked.task}`)).body.state, 'claimed', 'the task goes on');
    await page.getByTestId('verbs').click();
    await page.getByRole('menuitem', { name: 'Trả lại việc' }).click();
    await page.locator('.ant-modal-footer .ant-btn-primary').click();
    await page.getByRole('button', { name: 'Nhận việc' }).waitFor();
  }, look);

  await suite.holds('no browser reported a breach of the content security policy or an error', async () => {
    equal(browser.complaints, [], 'complaints');
  });
} finally {
  await browser.close();
  await server.stop();
}
suite.finish();
