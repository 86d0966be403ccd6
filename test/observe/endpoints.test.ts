import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { seeded } from '../../src/core/random.ts';
import type { Snapshot } from '../../src/observe/frames.ts';
import { observe } from '../../src/observe/index.ts';
import { oneIn } from '../soak.ts';
import { ask, frames, get, raw, watched } from './asking.ts';
import { fuzz } from './fuzz.ts';

const test = oneIn(2, import.meta.url);

test('every request has its answer, and none an effect', async (t) => {
  const { pool, port } = await watched(t);
  await pool.ready();
  const asked: [text: string, status: number][] = [
    [get('/'), 200],
    [get('/', 'localhost', 'HEAD'), 200],
    [get('/metrics'), 200],
    [get('/metrics?x=1'), 200],
    [get('/metrics', 'localhost', 'HEAD'), 200],
    [get('/tree'), 200],
    [get('/stats'), 200],
    [get('/live'), 200],
    [get('/ready'), 200],
    [get('/report.html'), 200],
    [get('/events', 'localhost', 'HEAD'), 200],
    [get('/nowhere'), 404],
    [get('/../etc/passwd'), 404],
    [get('//'), 400],
    [get('//metrics'), 400],
    [get('http://localhost/metrics'), 400],
    [get('*', 'localhost', 'OPTIONS'), 405],
    [get('/', 'localhost', 'POST'), 405],
    [get('/metrics', 'localhost', 'DELETE'), 405],
    ['nonsense\r\n\r\n', 400],
    ['\u0000\u0001\u0002\r\n\r\n', 400],
    [get('localhost:1', 'localhost', 'CONNECT'), 0],
    ['GET /metrics HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n', 0],
  ];
  for (const [text, status] of asked) assert.equal(await ask(port, text), status, JSON.stringify(text));
  assert.deepEqual([pool.health(), pool.stats().accepted], ['ok', 0]);
});

test('what is asked is what is answered', async (t) => {
  const { pool, page } = await watched(t, {}, { metrics: { labels: { pool: 'doubler' } } });
  await pool.run(1);
  const [stats, tree, metrics] = await Promise.all(
    ['stats', 'tree', 'metrics'].map((path) => fetch(page.url + path).then((answer) => answer.text())),
  );
  const { pool: name, fulfilled, verdict, runMs } = JSON.parse(stats!);
  assert.deepEqual([name, fulfilled, typeof verdict.text, Object.keys(runMs)], ['doubler', 1, 'string', ['p50', 'p99']]);
  assert.deepEqual([JSON.parse(tree!).kind, JSON.parse(tree!).children.length], ['pool', 1]);
  assert.match(metrics!, /holdfast_tasks_accepted_total\{pool="doubler",task="default"\} 1/);
});

test('a Host that is not ours is refused where only this machine may ask', async (t) => {
  const { port } = await watched(t);
  const hosts = {
    'evil.example': 403,
    'evil.example:80': 403,
    '': 403,
    localhost: 200,
    'LOCALHOST:9': 200,
    '127.0.0.1:9': 200,
    '[::1]': 200,
  };
  for (const [host, status] of Object.entries(hosts)) assert.equal(await ask(port, get('/', host)), status, host);
});

test('the page may run its own script and nothing else', async (t) => {
  const { port } = await watched(t);
  const [head = '', body = ''] = (await raw(port, get('/'))).split('\r\n\r\n', 2);
  const [, policy = ''] = /content-security-policy: (.*)/i.exec(head) ?? [];
  for (const part of ["default-src 'none'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"])
    assert.ok(policy.includes(part), part);
  assert.match(policy, /script-src 'sha256-[\w+/=]+';/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  assert.match(head, /x-content-type-options: nosniff/i);
  assert.doesNotMatch(body, /(?:src|href)=["']?https?:/);
});

test('the probes say live and ready apart', async (t) => {
  const { pool, port } = await watched(
    t,
    { token: 'a-token-of-this-test' },
    { restart: { intensity: 0, within: 1_000 }, filename: new URL('../fixtures/broken-module.js', import.meta.url) },
  );
  await assert.rejects(pool.ready());
  assert.match(await raw(port, get('/live')), /^HTTP\/1.1 503[\s\S]*failed\n$/);
  assert.match(await raw(port, get('/ready')), /^HTTP\/1.1 503[\s\S]*failed\n$/);
  const other = await watched(t);
  await other.pool.ready();
  assert.match(await raw(other.port, get('/live')), /^HTTP\/1.1 200[\s\S]*ok\n$/);
  assert.match(await raw(other.port, get('/ready')), /^HTTP\/1.1 200[\s\S]*idle\n$/);
});

test('a port in use is a clear error', async (t) => {
  const { pool, port } = await watched(t);
  await assert.rejects(observe(pool, { port }), {
    code: 'ERR_OBSERVER_LISTEN',
    message: `Expected a port that is free at 127.0.0.1:${port}. Got EADDRINUSE: another program listens there. Choose another port, or 0 for any free one.`,
  });
});

test('the page does not keep the program from ending, and ends with its server', async (t) => {
  const { pool, page } = await watched(t);
  await pool.run(1);
  const [first] = await frames<Snapshot>(page.url, (all) => all.length > 0);
  assert.equal(first!.type, 'snapshot');
  await page.close();
  await assert.rejects(fetch(page.url));
  assert.equal(await pool.run(2), 2);
});

test('two thousand requests of any shape, raw bytes included, leave it as it was', async (t) => {
  const { pool, port } = await watched(t);
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  await fuzz(port, seeded(seed), 2_000);
  assert.equal(await ask(port, get('/metrics')), 200);
  assert.equal(await pool.run(3), 3);
});
