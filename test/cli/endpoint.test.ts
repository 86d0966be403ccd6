import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type MetricsServer, serveMetrics } from '../../src/cli/run/metrics-server.ts';
import { seeded } from '../../src/core/random.ts';
import { fuzz } from './endpoint-fuzz.ts';

interface Counted {
  readonly server: MetricsServer;
  readonly port: number;
  readonly readings: () => number;
}

async function served(t: TestContext): Promise<Counted> {
  let readings = 0;
  const metrics = async () => {
    readings++;
    return 'a_metric 1\n';
  };
  const server = await serveMetrics('127.0.0.1', 0, { metrics, tree: () => ({ id: 'x', kind: 'batch', state: 'running', restarts: 0 }) });
  t.after(() => server.close());
  return { server, port: Number(new URL(server.url).port), readings: () => readings };
}

/** The status of the answer to what is sent as it is; 0 for none. */
function ask(port: number, text: string): Promise<number> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket.on('data', (piece) => {
      heard += piece;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1] ?? 0)));
  });
}

const get = (target: string, host = 'localhost', method = 'GET') =>
  `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;

test('every request has its answer, and none an effect', async (t) => {
  const { port } = await served(t);
  const asked: [text: string, status: number][] = [
    [get('/metrics'), 200],
    [get('/metrics?x=1'), 200],
    [get('/metrics', 'localhost', 'HEAD'), 200],
    [get('/tree'), 200],
    [get('/'), 404],
    [get('//'), 400],
    [get('//metrics'), 400],
    [get('http://localhost/metrics'), 400],
    [get('*', 'localhost', 'OPTIONS'), 405],
    [get('/metrics', 'localhost', 'POST'), 405],
    ['nonsense\r\n\r\n', 400],
    ['\u0000\u0001\u0002\r\n\r\n', 400],
    [get('localhost:1', 'localhost', 'CONNECT'), 0],
    [`GET /metrics HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n`, 0],
  ];
  for (const [text, status] of asked) assert.equal(await ask(port, text), status, JSON.stringify(text));
});

test('a Host that is not ours is refused where only this machine may ask', async (t) => {
  const { port } = await served(t);
  const hosts = {
    'evil.example': 403,
    'evil.example:80': 403,
    '': 403,
    localhost: 200,
    'LOCALHOST:9': 200,
    '127.0.0.1:9': 200,
    '[::1]': 200,
  };
  for (const [host, status] of Object.entries(hosts)) assert.equal(await ask(port, get('/metrics', host)), status, host);
});

test('many scrapes at a time read the metrics once', async (t) => {
  const { port, readings } = await served(t);
  await Promise.all(Array.from({ length: 50 }, () => ask(port, get('/metrics'))));
  assert.ok(readings() < 50, `${readings()} readings`);
});

test('two thousand requests of any shape, raw bytes included, leave it as it was', async (t) => {
  const { port } = await served(t);
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  await fuzz(port, seeded(seed), 2_000);
  assert.equal(await ask(port, get('/metrics')), 200);
});
