import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import express from 'express';
import fastify from 'fastify';
import { Pool } from '../../src/index.ts';
import { observer } from '../../src/observe/index.ts';
import { oneIn } from '../soak.ts';
import { TASKS } from './asking.ts';

const test = oneIn(2, import.meta.url);

function poolOf(t: TestContext): Pool {
  const pool = new Pool({ filename: TASKS, threads: 1, spares: 0 });
  t.after(() => pool.close({ force: true }));
  return pool;
}

async function listening(t: TestContext, handler: RequestListener): Promise<string> {
  const server: Server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function looks(base: string): Promise<void> {
  const page = await fetch(`${base}/pool/`);
  assert.match(await page.text(), /^<!doctype html>/);
  const led = await fetch(`${base}/pool`);
  assert.equal(new URL(led.url).pathname, '/pool/', 'without a slash it is led there');
  assert.equal((await fetch(`${base}/pool/live`)).status, 200);
  assert.match(await (await fetch(`${base}/pool/metrics`)).text(), /holdfast_/);
  const stream = await fetch(`${base}/pool/events`);
  assert.equal(stream.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  await stream.body!.cancel();
  assert.equal((await fetch(`${base}/pool/`, { method: 'POST' })).status, 405);
  assert.equal((await fetch(`${base}/poolside`)).status, 404);
}

test('under a path of Express, behind a login of its own', async (t) => {
  const app = express();
  app.use('/pool', observer(poolOf(t)));
  await looks(await listening(t, app));
});

test('under a path of Fastify', async (t) => {
  const app = fastify();
  const handler = observer(poolOf(t), { path: '/pool' });
  for (const url of ['/pool', '/pool/*'])
    app.all(url, (request, reply) => {
      reply.hijack();
      handler(request.raw, reply.raw);
    });
  t.after(() => {
    handler.close();
    return app.close();
  });
  await looks((await app.listen({ port: 0, host: '127.0.0.1' })).replace(/\/$/, ''));
});

test('under a path of node:http', async (t) => {
  const handler = observer(poolOf(t), { path: '/pool' });
  await looks(await listening(t, handler));
});
