import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARE_ENV } from 'node:worker_threads';
import { WorkerCrashError } from '../../src/index.ts';
import { further, oneIn, SOAK } from '../soak.ts';
import { alive, MISDEEDS, openCells, stayAlive, until } from './stage.ts';

const test = oneIn(4, import.meta.url);

stayAlive();

/** No clock helps: what is lost is lost forever. */
const NO_LIMIT = { timeout: Number.POSITIVE_INFINITY };

for (const [name, how, input] of [
  ['the pipe to the parent is closed under a cell that lives on', 'closeDescriptor', 4],
  ['the pipe from the parent is closed under a cell that lives on', 'closeDescriptor', 3],
  ['a task writes text into the pipe', 'scribble', 'Expected no such bytes here.'],
] as const) {
  (input === 4 ? test : further)(`${name}: its task is charged, and the pool goes on`, async () => {
    await using pool = openCells(NO_LIMIT);
    const before = await pool.run(undefined, { name: 'pid' });
    await assert.rejects(pool.run(input, { name: how }), { code: 'ERR_WORKER_CRASHED' });
    assert.notEqual(await pool.run(undefined, { name: 'pid' }), before);
    assert.equal(alive(before), false);
  });
}

further('the beginning of a frame, and then another frame: noticed, and nothing waits for gigabytes', async () => {
  await using pool = openCells(NO_LIMIT);
  const pid = await pool.run(undefined, { name: 'pid' });
  await assert.rejects(pool.run('1CFH', { name: 'scribbleAndReturn' }), { code: 'ERR_WORKER_CRASHED' });
  assert.notEqual(await pool.run(undefined, { name: 'pid' }), pid);
});

test('a dead cell whose pipe another process holds open is found dead all the same', async () => {
  await using pool = openCells(NO_LIMIT);
  let heir = 0;
  const onProgress = (pid: unknown): void => {
    heir = pid as number;
  };
  const error = await pool.run(undefined, { name: 'leaveHeir', onProgress }).catch((reason: unknown) => reason);
  try {
    assert.ok(error instanceof WorkerCrashError);
    assert.equal(error.signal, 'SIGKILL');
    assert.equal(alive(heir), true);
    assert.equal(await pool.run('next'), 'next');
  } finally {
    process.kill(heir, 'SIGKILL');
  }
});

further('shared memory, which no other process can have, harms nobody', async () => {
  await using pool = openCells(NO_LIMIT);
  const pid = await pool.run(undefined, { name: 'pid' });
  assert.equal(await pool.run(undefined, { name: 'tellSharedMemory' }), pid);
  await assert.rejects(pool.run(undefined, { name: 'returnSharedMemory' }), { code: 'ERR_TASK_NOT_CLONEABLE', direction: 'result' });
  await assert.rejects(pool.run(undefined, { name: 'throwSharedMemory' }), { code: 'ERR_TASK_NOT_CLONEABLE', direction: 'error' });
  await assert.rejects(pool.run(new SharedArrayBuffer(8)), { code: 'ERR_TASK_NOT_CLONEABLE', direction: 'argument' });
  assert.equal(await pool.run(undefined, { name: 'pid' }), pid, 'the same cell all the time');
  const late = new Promise((resolve) => pool.once('lateError', resolve));
  assert.equal(await pool.run(undefined, { name: 'throwSharedMemoryLater' }), 'returned');
  await late;
  assert.equal(await pool.run(undefined, { name: 'pid' }), pid, 'a new thread, the same cell');
});

further('buffers and their views arrive as they would in a thread', async () => {
  await using pool = openCells(NO_LIMIT);
  const extent = new Uint8Array(new ArrayBuffer(16), 4, 8);
  assert.deepEqual(await pool.run(extent, { name: 'extent' }), [8, 16]);
  const [left, right] = (await pool.run(undefined, { name: 'halves' })) as [Uint8Array, Uint8Array];
  assert.equal(left.buffer, right.buffer);
  assert.equal(left.buffer.byteLength, 8);
});

test('bytes arrive as they were sent, around every size at which they travel in another way', async () => {
  await using pool = openCells(NO_LIMIT);
  const sizes = [0, 1, 15, 16, 17, 16_383, 16_384, 65_400, 65_500, 65_535, 65_536, 65_537, 131_072, 300_001, 1_000_003];
  const sent = sizes.map((size) => Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) & 255));
  assert.deepEqual(await Promise.all(sent.map((bytes) => pool.run(bytes))), sent);
});

/** In megabytes. */
const LARGE = SOAK ? 100 : 8;

test(`${LARGE} MB go there and come back`, async () => {
  await using pool = openCells(NO_LIMIT);
  const bytes = new Uint8Array(LARGE * 1_000_000);
  bytes[LARGE * 1_000_000 - 1] = 7;
  const back = (await pool.run(bytes)) as Uint8Array;
  assert.equal(back.byteLength, LARGE * 1_000_000);
  assert.equal(back[LARGE * 1_000_000 - 1], 7);
});

further('many large tasks at once do not choke the pipe', async () => {
  await using pool = openCells({ ...NO_LIMIT, threads: 2 });
  const results = await Promise.all(Array.from({ length: SOAK ? 64 : 24 }, (_, i) => pool.run(new Uint8Array(1_000_000).fill(i))));
  assert.equal(
    results.every((bytes, i) => (bytes as Uint8Array)[999_999] === i),
    true,
  );
});

test('SHARE_ENV gives a copy of the environment', async () => {
  process.env.HOLDFAST_TEST_CELL = 'seen';
  try {
    await using pool = openCells({ ...NO_LIMIT, env: SHARE_ENV });
    assert.equal(await pool.run('HOLDFAST_TEST_CELL', { name: 'environment' }), 'seen');
  } finally {
    delete process.env.HOLDFAST_TEST_CELL;
  }
});

further('a thread inside a native call goes with its cell; its neighbour there runs again, uncharged', async () => {
  await using pool = openCells({ filename: MISDEEDS, threads: 2, cells: 1, terminateTimeout: 400, timeout: Number.POSITIVE_INFINITY });
  await pool.ready();
  const neighbour = pool.run(1_500, { name: 'waitFor' });
  await assert.rejects(pool.run(20_000_000, { name: 'blockNatively', timeout: 200 }), { code: 'ERR_TASK_TIMEOUT' });
  assert.equal(await neighbour, 1_500);
  assert.equal(pool.stats().threads.orphan, 0);
});

further('tasks that kill their process just after they returned settle, and harm nobody else', async () => {
  await using pool = openCells({ ...NO_LIMIT, threads: 2, retry: 1 });
  await pool.ready();
  const outcomes: Promise<unknown>[] = [];
  const killed = (error: { code: string }): string => error.code;
  for (let i = 0; i < 12; i++) {
    outcomes.push(pool.run(i));
    if (i % 3 === 1) outcomes.push(pool.run('mine', { name: 'killAfterwards' }).catch(killed));
  }
  const settled = (await Promise.all(outcomes)) as (number | string)[];
  assert.deepEqual(
    settled.filter((value) => typeof value === 'number'),
    Array.from({ length: 12 }, (_, i) => i),
  );
  for (const value of settled) if (typeof value === 'string') assert.match(value, /^(mine|ERR_WORKER_CRASHED)$/);
});

for (const descriptor of [3, 4, 5]) {
  for (const name of ['takeOver', 'takeOverLater']) {
    const shown = name === 'takeOver' && descriptor === 4 ? test : further;
    shown(`descriptor ${descriptor} of its cell becomes a file of the task (${name}): nothing of ours is ever written there`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const path = join(folder, 'own');
      await using pool = openCells({ ...NO_LIMIT, threads: 1 });
      const pid = await pool.run(undefined, { name: 'pid' });
      const outcome = await pool.run({ descriptor, path }, { name }).catch((error: { code: string }) => error.code);
      // What comes to a cell is lost with 3, and what it says with 4; without 5 nothing is known of what comes next, and that is found out then.
      // What was returned is out of the cell before the event loop turns.
      assert.equal(outcome, name === 'takeOverLater' ? 'returned' : descriptor === 3 ? 3 : 'ERR_WORKER_CRASHED');
      await until(() => existsSync(path) && readFileSync(path, 'utf8') === 'the file of a task');
      if (descriptor !== 5) await until(() => !alive(pid));
      for (let i = 0; i < 20; i++) assert.notEqual(await pool.run(undefined, { name: 'pid' }), pid);
      assert.equal(readFileSync(path, 'utf8'), 'the file of a task');
    });
  }
}
