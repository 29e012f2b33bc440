// The server under test: the one KYHAN_URL names (accounts in the file KYHAN_ACCOUNTS), else a private
// one in demonstration mode with a virtual clock, on a free port, in a folder of its own.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../../', import.meta.url).pathname;

export const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

function readAccounts(path) {
  const data = JSON.parse(readFileSync(path, 'utf8'));
  const list = Array.isArray(data) ? data : data.accounts ?? Object.entries(data).map(([account, password]) => ({ account, password }));
  return Object.fromEntries(list.map((a) => [a.account ?? a.name, a.password]));
}

export async function until(what, words, seconds) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await what().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The settings of the caller's own server must not reach the one under test: the environment wins
 *  over the file. */
export const cleanEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KYHAN_')));

export function kyhanBinary() {
  const binary = process.env.KYHAN_BINARY ?? join(root, 'build/release/kyhan');
  if (!existsSync(binary)) throw new Error(`there is no ${binary}; build the release first`);
  return binary;
}

export async function startServer() {
  if (process.env.KYHAN_URL) {
    return { url: process.env.KYHAN_URL.replace(/\/$/, ''), passwords: readAccounts(process.env.KYHAN_ACCOUNTS), stop: async () => undefined };
  }
  const binary = kyhanBinary();
  const home = mkdtempSync(join(tmpdir(), 'kyhan-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(home, 'config.json');
  writeFileSync(config, JSON.stringify({ home, address: '127.0.0.1', port, web_root: join(root, 'web/dist') }), { mode: 0o600 });
  const log = [];
  const env = cleanEnvironment();
  const child = spawn(binary, ['serve', '--demo', '--virtual-clock', '2027-03-01T08:00:00+07:00', '--config', config],
    { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => { log.push(String(part)); if (log.length > 400) log.shift(); });
  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(late);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error('the server ended');
      return (await fetch(`${url}/readyz`)).ok;
    }, 'the server answers /readyz', 60);
    const kyhan = (...words) => execFileSync(binary, [...words, '--config', config], { cwd: root, env, stdio: 'pipe' });
    kyhan('import', 'organisation', 'definitions/organisation/tinh-mau.json');
    const flows = readdirSync(join(root, 'definitions/workflows')).map((name) => `definitions/workflows/${name}/workflow.json`);
    kyhan('deploy', ...flows.filter((path) => existsSync(join(root, path))));
    await until(async () => existsSync(join(home, 'accounts.json')), 'the demonstration accounts are written', 60);
    return { url, passwords: readAccounts(join(home, 'accounts.json')), stop };
  } catch (error) {
    console.log(log.join('').split('\n').slice(-25).join('\n'));
    await stop();
    throw error;
  }
}
