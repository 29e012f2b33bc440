// A disk that is really full: the server lives on a file system of 2 MiB of its own, in a name space
// of its own, which grows only when the test says so.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equal, must, Suite } from './support/suite.mjs';
import { cleanEnvironment, freePort, kyhanBinary, until } from './support/server.mjs';

const suite = new Suite();
const place = mkdtempSync(join(tmpdir(), 'kyhan-full-'));
const seed = join(place, 'seed');
const disk = join(place, 'disk');
const fifo = join(place, 'room');
const verdict = join(place, 'verify.json');
const binary = kyhanBinary();
const env = cleanEnvironment();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
mkdirSync(disk);

const definition = {
  document: {
    dsl: '1.0.3', namespace: 'test', name: 'letter', version: '1.0.0',
    metadata: { start: { by: [{ role: 'head', unit: 'own' }] } },
  },
  do: [{
    write: {
      call: 'humanTask:1.0.0@default',
      with: {
        title: { vi: 'Soạn thư', en: 'Write the letter' },
        assignment: { mode: 'claim', candidates: [{ role: 'head', unit: 'own' }] },
        attachments: [{ type: 'letter', min: 0, mediaTypes: ['application/pdf'] }],
      },
    },
  }],
};
const organisation = {
  units: [{ id: 'so-a', name: 'Sở A', kind: 'department' }],
  people: [{ id: 'an', name: 'Nguyễn An', memberships: [{ unit: 'so-a', roles: ['head'] }] }],
};
writeFileSync(join(place, 'letter.json'), JSON.stringify(definition));
writeFileSync(join(place, 'people.json'), JSON.stringify(organisation));
const kyhan = (...words) => execFileSync(binary, [...words, '--home', seed], { env, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
kyhan('import', 'organisation', join(place, 'people.json'));
kyhan('deploy', join(place, 'letter.json'));
const token = kyhan('user', 'token', 'an', '--person', 'an').trim();
execFileSync('mkfifo', [fifo]);

// The server, and beside it one that waits for a line to make room; at last the audit of what is left.
const script = `
  mount -t tmpfs -o size=2m tmpfs "$disk" && cp -a "$seed/." "$disk" || exit 9
  (read -r line <"$fifo" && mount -o remount,size=64m "$disk") &
  trap 'kill -TERM "$server"' TERM
  "$binary" serve --home "$disk" --port "$port" & server=$!
  wait "$server"; wait "$server"; code=$?
  "$binary" verify --home "$disk" --json >"$verdict"
  exit "$code"`;
const log = [];
const server = spawn('unshare', ['-Urm', 'bash', '-c', script], {
  env: { ...env, disk, seed, fifo, binary, port: String(port), verdict }, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
});
for (const stream of [server.stdout, server.stderr]) stream.on('data', (part) => log.push(String(part)));
const gone = new Promise((resolve) => server.once('exit', resolve));

async function ask(method, path, body, headers = {}) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Accept-Language': 'en', 'Content-Type': 'application/json', ...headers },
    body: body instanceof Buffer ? body : body && JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json().catch(() => undefined) };
}
const start = () => ask('POST', '/instances', { definition: 'letter', unit: 'so-a', input: { text: 'x'.repeat(20_000) } });

try {
  const acknowledged = [];
  let task;
  await suite.holds('the server starts on a disk of 2 MiB', () =>
    until(async () => (await fetch(`${url}/readyz`)).ok, 'ready', 30));

  await suite.holds('when the disk is full, a start is refused with a clear problem', async () => {
    for (let tries = 0; tries < 400; tries += 1) {
      const answer = await start();
      if (answer.status === 201) {
        acknowledged.push(answer.body.id);
        task ??= answer.body.openTasks[0];
        continue;
      }
      equal(answer.status, 503, 'status');
      must(answer.body.type.endsWith('/disk-full'), `type ${answer.body.type}`);
      must(/room|space|full/i.test(answer.body.detail), `detail: ${answer.body.detail}`);
      return;
    }
    throw new Error('2 MiB held 400 instances');
  });

  await suite.holds('what was acknowledged is still read, and every further write is refused as clearly', async () => {
    must(acknowledged.length > 0, 'something was acknowledged before');
    const list = await ask('GET', '/instances?limit=200');
    equal(list.status, 200, 'status');
    equal(list.body.items.length, acknowledged.length, 'instances');
    equal((await start()).status, 503, 'a start');
    equal((await fetch(`${url}/healthz`)).status, 200, 'healthz');
  });

  await suite.holds('a file that finds no room is refused and leaves nothing behind', async () => {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(4_000_000, 0x20)]);
    const answer = await ask('POST', `/attachments?task=${task.id}&type=letter&name=thu.pdf`, bytes, { 'Content-Type': 'application/pdf' });
    equal(answer.status, 503, 'status');
    must(answer.body.type.endsWith('/disk-full'), `type ${answer.body.type}`);
  });

  await suite.holds('the server goes on by itself when there is room', async () => {
    writeFileSync(fifo, 'room\n');
    await until(async () => {
      const answer = await start();
      if (answer.status !== 201) return false;
      acknowledged.push(answer.body.id);
      return true;
    }, 'a start succeeds', 20);
    const list = await ask('GET', '/instances?limit=200');
    equal(list.body.items.map((one) => one.id).sort(), [...acknowledged].sort(), 'exactly what was acknowledged');
  });

  await suite.holds('it ends cleanly, and the audit finds nothing wrong', async () => {
    process.kill(server.pid, 'SIGTERM');
    equal(await gone, 0, 'exit code');
    const found = JSON.parse(readFileSync(verdict, 'utf8'));
    must(found.findings?.length === 0, `findings: ${JSON.stringify(found).slice(0, 400)}`);
  });
} finally {
  if (server.exitCode === null) process.kill(-server.pid, 'SIGKILL');
  if (suite.failed) console.log(log.join('').split('\n').slice(-20).join('\n'));
  rmSync(place, { recursive: true, force: true });
  suite.finish();
}
