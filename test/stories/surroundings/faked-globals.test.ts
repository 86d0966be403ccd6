import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { first, oneIn } from '../../soak.ts';
import { open } from '../stage.ts';

const test = oneIn(4, import.meta.url);

type Callable = (...args: never[]) => unknown;
/**
 * What test libraries put in the place of these: functions that never call back, and clocks that stand still. `process.nextTick` is not among
 * them, because Node's own streams call it by its name: the reporter of this test would write no more.
 */
const FAKES: readonly (readonly [owner: object, name: string, fake: Callable])[] = [
  [globalThis, 'queueMicrotask', () => {}],
  [globalThis, 'setImmediate', () => ({})],
  [globalThis, 'clearImmediate', () => {}],
  [globalThis, 'setTimeout', () => ({})],
  [globalThis, 'clearTimeout', () => {}],
  [globalThis, 'setInterval', () => ({})],
  [globalThis, 'clearInterval', () => {}],
  [process, 'hrtime', () => [0, 0]],
  [performance, 'now', () => 0],
  [Date, 'now', () => 0],
];

async function whileFaked(run: () => unknown): Promise<void> {
  const real = FAKES.map(([owner, name]) => [owner, name, Object.getOwnPropertyDescriptor(owner, name)] as const);
  for (const [owner, name, fake] of FAKES) Object.defineProperty(owner, name, { value: fake, configurable: true, writable: true });
  try {
    await run();
  } finally {
    for (const [owner, name, descriptor] of real) {
      if (descriptor === undefined) delete (owner as Record<string, unknown>)[name];
      else Object.defineProperty(owner, name, descriptor);
    }
  }
}

for (const isolation of first(1, ['none', 'process'] as const)) {
  test(`a pool works while its program has fake timers, and after that (isolation: ${isolation})`, async (t) => {
    const pool = open(t, { threads: 2, timeout: 60_000, ...(isolation === 'process' ? { isolation } : {}) });
    await pool.ready();
    let inside: Promise<unknown>[] = [];
    await whileFaked(() => {
      // Only begun: what they settle by has been taken away until then.
      inside = [pool.run(1), pool.run(2, { timeout: { queue: 50_000, total: 60_000 } })];
    });
    assert.deepEqual(await Promise.all(inside), [1, 2]);
    assert.equal(await pool.run(3), 3);
    // All of it, with a crash, a retry and its pause, a time-out and a thread that has to be replaced.
    await whileFaked(async () => {
      assert.equal(await pool.run(4), 4);
      const retried = pool.run(undefined as never, { name: 'throwError', retry: { retries: 2, minTimeout: 10, on: ['error'] } });
      await assert.rejects(retried);
      await assert.rejects(pool.run(undefined as never, { name: 'spin', timeout: 100, retry: false }), { code: 'ERR_TASK_TIMEOUT' });
      assert.equal(await pool.run(5), 5);
    });
    assert.equal(await pool.run(6), 6);
  });
}

test('a pool that is made and closed under fake timers does its work in between', async () => {
  await whileFaked(async () => {
    const { Pool } = await import('../../../src/index.ts');
    const pool = new Pool({ filename: new URL('../../fixtures/tasks.js', import.meta.url), threads: 1 });
    await pool.ready();
    await pool.close();
  });
});

for (const isolation of first(1, ['thread', 'process'])) {
  test(`a pool is made, works and closes where nextTick is faked as well (isolation: ${isolation})`, async () => {
    const program = fileURLToPath(new URL('../../fixtures/programs/faked-program.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, isolation], { timeout: 60_000 });
    assert.equal(stdout, '[1,2]');
  });
}

test('a batch job waits for its last calls of several lines under fake timers', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-faked-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [input, out] = [join(folder, 'in.txt'), join(folder, 'out.txt')];
  await writeFile(input, '1\n'.repeat(200));
  const { runBatch } = await import('../../../src/batch/index.ts');
  const filename = new URL('../../fixtures/tasks.js', import.meta.url);
  await whileFaked(async () => {
    const { done } = await runBatch({ input, filename, out, threads: 1, batch: 8 });
    assert.equal(done, 200);
  });
});

test('a pool in the manner of Piscina drains and closes under fake timers', async () => {
  const { Piscina } = await import('../../../src/adapters/piscina/index.ts');
  const filename = new URL('../../fixtures/tasks.js', import.meta.url).href;
  await whileFaked(async () => {
    const pool = new Piscina({ filename, maxThreads: 1, maxQueue: 1, closeTimeout: 100 });
    const drained = once(pool, 'drain');
    assert.deepEqual(await Promise.all([pool.run(1), pool.run(2)]), [1, 2]);
    await drained;
    const stays = assert.rejects(pool.run(undefined, { name: 'spin' }));
    await pool.close();
    await stays;
  });
});

test('metrics are of the moment again after a program had fake timers', async (t) => {
  const pool = open(t, { threads: 1 });
  const threads = async (): Promise<string[]> =>
    (await pool.metrics.metrics()).split('\n').filter((line) => line.startsWith('holdfast_threads{'));
  let before: string[] = [];
  await whileFaked(async () => {
    before = await threads();
  });
  await pool.ready();
  assert.notDeepEqual(await threads(), before);
});
