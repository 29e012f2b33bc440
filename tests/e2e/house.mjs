// The two commands of the README as they are: ops/up with a real RabbitMQ node, twice, and what
// `kyhan events tail` shows of the work, the reminders and the escalation; then ops/down.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Browser } from './support/browser.mjs';
import { equal, must, shots, Suite } from './support/suite.mjs';
import { cleanEnvironment, freePort, kyhanBinary, until } from './support/server.mjs';
import { api } from './support/work.mjs';

const suite = new Suite();
const root = new URL('../../', import.meta.url).pathname;
const home = mkdtempSync(join(tmpdir(), 'kyhan-house-'));
const port = String(await freePort());
const env = { ...cleanEnvironment(), KYHAN_HOME: home, KYHAN_PORT: port, KYHAN_VIRTUAL_CLOCK: '2026-12-01T08:00:00+07:00' };
const url = `http://127.0.0.1:${port}`;
const ops = (script, ...words) => execFileSync(join(root, 'ops', script), words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 280_000 }).toString();
const pid = (file) => Number(readFileSync(join(home, file), 'utf8'));
const runs = (id) => { try { process.kill(id, 0); return true; } catch { return false; } };

const events = [];
let tail, browser, page;

try {
  await suite.holds('ops/up --detach returns with a server that is ready, a broker and the accounts', async () => {
    ops('up', '--detach');
    must((await fetch(`${url}/readyz`)).ok, 'readyz');
    must(existsSync(join(home, 'accounts.json')), 'accounts.json');
  });

  await suite.holds('a second ops/up leaves the same server and broker running', async () => {
    const before = [pid('server.pid'), pid('broker/node.pid')];
    ops('up', '--detach');
    equal([pid('server.pid'), pid('broker/node.pid')], before, 'processes');
  });

  await suite.holds('kyhan events tail waits for what comes', async () => {
    tail = spawn(kyhanBinary(), ['events', 'tail', '--json', '--config', join(home, 'config.json')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface({ input: tail.stdout }).on('line', (line) => events.push(JSON.parse(line)));
    let waiting = false;
    tail.stderr.once('data', () => { waiting = true; });
    await until(async () => waiting, 'the tail is bound', 20);
  });

  const passwords = Object.fromEntries(JSON.parse(readFileSync(join(home, 'accounts.json'), 'utf8')).map((a) => [a.account, a.password]));
  browser = await Browser.open({ url, passwords });
  const arrived = (key, subject) => until(
    async () => events.some((one) => one.key.startsWith(key) && (!subject || one.event.subject?.startsWith(subject))),
    `an event ${key} ${subject ?? ''}`, 20);
  let plan;

  await suite.holds('a start and its first task are told through RabbitMQ as CloudEvents', async () => {
    page = await browser.as('chuyen-vien');
    const started = await api(page, 'POST', '/instances', {
      definition: 'reward-nomination', unit: 'so-tai-chinh',
      input: { nomineeKind: 'individual', nomineeName: 'Trần Thị Hoa', award: 'base-fighter', campaign: 'annual', period: 2026, achievement: 'Hoàn thành xuất sắc nhiệm vụ năm 2026.' },
    });
    equal(started.status, 201, 'start');
    plan = started.body.id;
    await arrived('instance.started.so-tai-chinh', plan);
    await arrived('task.created.so-tai-chinh', plan);
    await arrived('event.reward.nominated.so-tai-chinh');
    const one = events.find((e) => e.key.startsWith('task.created'));
    equal([one.event.specversion, one.event.type, one.id], ['1.0', 'vn.kyhan.task.created.v1', one.event.id], 'the envelope');
  }, { page: () => page });

  await suite.holds('as days pass the reminder, the overdue mark and the escalation arrive there and at the bell', async () => {
    const admin = await browser.as('quan-tri');
    const moved = await api(admin, 'POST', '/clock:advance', { to: '2026-12-31T08:00:00+07:00' });
    equal(moved.status, 200, 'clock');
    await arrived('reminder.sent.so-tai-chinh', plan);
    await arrived('task.overdue.so-tai-chinh', plan);
    await arrived('task.escalated.so-tai-chinh', plan);
    await page.goto(`${url}/notifications`);
    await page.locator('main .note-body:visible', { hasText: 'Công việc đã quá hạn' }).first().waitFor();
    await page.screenshot({ path: `${shots()}/overdue-bell.png` });
    await page.goto(`${url}/tasks`);
    await page.locator('.task-row', { hasText: 'Quá hạn' }).first().waitFor();
    await page.screenshot({ path: `${shots()}/overdue-inbox.png` });
  }, { page: () => page });

  await suite.holds('every event came once', async () => {
    const ids = events.map((one) => one.id);
    equal(new Set(ids).size, ids.length, 'ids');
  });

  await suite.holds('ops/down ends the server, the broker and its name server', async () => {
    const all = [pid('server.pid'), pid('broker/node.pid'), pid('broker/epmd.pid')];
    tail.kill('SIGTERM');
    ops('down');
    await until(async () => !all.some(runs), 'all have ended', 20);
  });
} finally {
  await browser?.close();
  if (tail?.exitCode === null) tail.kill('SIGKILL');
  try { ops('down'); } catch (error) { console.log(String(error)); }
  rmSync(home, { recursive: true, force: true });
  suite.finish();
}
