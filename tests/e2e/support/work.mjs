// What people do in the pages, in words of the product.
import { must } from './suite.mjs';

export const pdf = (name) => ({ name: `${name}.pdf`, mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.4\n% ${name}\n%%EOF\n`) });

/** Opens the task of this plan in the person's inbox. */
export async function openTask(page, plan, title) {
  await page.goto(new URL('/tasks', page.url()).href);
  const row = page.locator('.task-row', { hasText: plan }).filter({ hasText: title ?? '' }).first();
  await row.click();
  await page.waitForSelector('.task-head h1');
}

/** Fills the fields of the open form by the names of the data. */
export async function fill(page, data) {
  await page.waitForSelector('.schema-form');
  for (const [name, value] of Object.entries(data)) {
    const field = page.locator(`#root_${name}`);
    if (typeof value === 'boolean') {
      const box = page.locator(`input#root_${name}[type=checkbox]`);
      if (await box.count()) await box.setChecked(value);
      else await page.locator(`input[type=radio][name="root_${name}"]`).nth(value ? 0 : 1).check();
      continue;
    }
    await field.waitFor();
    if (value?.choose) {
      await field.click();
      await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: value.choose }).first().click();
    } else {
      await field.fill(String(value));
      if (value && /^\d{2}\/\d{2}\/\d{4}$/.test(String(value))) await field.press('Enter');
      await field.press('Tab');
    }
  }
}

export async function attach(page, files) {
  for (const type of files ?? []) {
    await page.setInputFiles(`input[data-evidence="${type}"]`, pdf(type));
    await page.locator(`#evidence-${type} .file`).first().waitFor();
  }
}

/** Takes the decision on the task that is open; the task must leave the list at once. */
export async function decide(page, outcome, comment) {
  const id = new URL(page.url()).pathname.split('/').pop();
  await page.click(`[data-outcome="${outcome}"]`);
  await page.waitForSelector('[data-testid=confirm]');
  if (comment) await page.fill('#decision-comment', comment);
  await page.click('[data-testid=confirm]');
  await page.waitForSelector('.recorded');
  await page.locator(`.task-row[data-task="${id}"]`).waitFor({ state: 'detached' });
  return id;
}

export async function doTask(page, plan, { title, data, files, outcome, comment }) {
  await openTask(page, plan, title);
  await attach(page, files);
  if (data) await fill(page, data);
  await decide(page, outcome, comment);
}

/** A request with the session of the page, as the page itself would send it. */
export async function api(page, method, path, body, headers = {}) {
  return page.evaluate(async ([m, p, b, h]) => {
    const answer = await fetch(`/api/v1${p}`, { method: m, headers: { ...(b ? { 'Content-Type': 'application/json' } : {}), ...h }, body: b ? JSON.stringify(b) : undefined });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  }, [method, path, body, headers]);
}

/** Answers a step without the pages, to come quickly to the step that is looked at. */
export async function answer(page, plan, step, { data, files = [], outcome, comment }) {
  const mine = await api(page, 'GET', '/tasks?view=mine&limit=100');
  const task = mine.body.items.find((t) => t.instance.id === plan && (t.name === step || t.name.includes(step)));
  must(task, `${step} is not in the list; there: ${mine.body.items.map((t) => t.name).join(', ')}`);
  const attachments = [];
  for (const type of files) {
    const sent = await page.evaluate(async ([id, kind]) => {
      const r = await fetch(`/api/v1/attachments?task=${id}&type=${kind}&name=${kind}.pdf`, { method: 'POST', headers: { 'Content-Type': 'application/pdf' }, body: '%PDF-1.4\n%%EOF\n' });
      return { status: r.status, body: await r.json() };
    }, [task.id, type]);
    must(sent.status === 201, `upload of ${type}: ${JSON.stringify(sent)}`);
    attachments.push(sent.body.id);
  }
  const done = await api(page, 'POST', `/tasks/${task.id}:complete`, { outcome, ...(comment ? { comment } : {}), ...(data ? { data } : {}), ...(attachments.length ? { attachments } : {}) },
    { 'If-Match': task.etag });
  must(done.status === 200, `${step} ${outcome}: ${JSON.stringify(done)}`);
  return done.body;
}

/** Starts a nomination as this person; gives the plan and its first task. */
export async function nominate(page, nominee, more = {}) {
  const started = await api(page, 'POST', '/instances', {
    definition: 'reward-nomination', unit: 'so-tai-chinh',
    input: { request: 'nominate', nomineeKind: 'individual', nomineeName: nominee, award: 'base-fighter', campaign: 'annual', period: 2027, achievement: 'Cải tiến quy trình thanh toán, rút ngắn thời gian.', ...more },
  });
  must(started.status === 201, `start for ${nominee}: ${JSON.stringify(started)}`);
  return { id: started.body.id, task: started.body.openTasks[0]?.id };
}
