import assert from 'node:assert/strict';
import { on } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { MessageChannel, Worker } from 'node:worker_threads';
import { ControlBlock } from '../../src/core/wire/control-block.ts';
import { FROM_THREAD } from '../../src/core/wire/wire.ts';
import type { SessionInit } from '../../src/thread/session.ts';
import { turn } from '../next-event.ts';
import { settingsFor } from './settings.ts';

const BOOT = fileURLToPath(new URL('../../src/thread/boot.cjs', import.meta.url));
const RUNTIME = fileURLToPath(new URL('../../src/thread/runtime.cjs', import.meta.url));
const [CLAIMED, FILLED] = [1, 2] as const;
const CARRIER = `const { workerData } = require('node:worker_threads');
void require(${JSON.stringify(BOOT)})(workerData);
setInterval(() => {}, 60_000);`;

/** Starts a thread that looks for compiled code there, and ends it when it is ready and has left the memory in that state. */
async function start(compiled: SharedArrayBuffer, left: number): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const { filename: href, name, faults } = settingsFor(undefined);
  const init: SessionInit = {
    port: port2,
    control: new ControlBlock().buffer,
    href,
    name,
    epoch: 0,
    runLimit: 30_000,
    start: 0,
    faults,
  };
  const worker = new Worker(CARRIER, { eval: true, workerData: { init, compiled }, transferList: [port2] });
  for await (const [message] of on(port1, 'message')) if (message[0] === FROM_THREAD.ready) break;
  while (Atomics.load(new Int32Array(compiled), 0) !== left) await turn();
  await worker.terminate();
  port1.close();
}

test('the first thread leaves its compiled code, and later ones start with it', async () => {
  const compiled = new SharedArrayBuffer(256 * 1024);
  await start(compiled, FILLED);
  const left = Buffer.from(compiled.slice(0));
  const cachedData = left.subarray(8, 8 + left.readInt32LE(4));
  const script = new Script(readFileSync(RUNTIME, 'utf8'), { filename: RUNTIME, cachedData });
  assert.equal(script.cachedDataRejected, false);
  await start(compiled, FILLED);
  assert.ok(left.equals(Buffer.from(compiled)), 'it is written once');
});

test('code that is not for this V8 is not taken, and the thread starts all the same', async () => {
  const compiled = new SharedArrayBuffer(256 * 1024);
  new Uint8Array(compiled).fill(0x5a);
  new Int32Array(compiled).set([FILLED, 20_000]);
  await start(compiled, FILLED);
});

test('a thread whose code has no room there starts, and so do those after it', async () => {
  const compiled = new SharedArrayBuffer(1024);
  await start(compiled, CLAIMED);
  await start(compiled, CLAIMED);
});
