import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Pool, PoolEvents, PoolOptions } from '../../../src/index.ts';
import { SOAK } from '../../soak.ts';
import { block, failure, mainIsUnharmed, once, whole } from '../stage.ts';

/** Something that happens at the worst time. */
export interface Moment {
  readonly moment: string;
  readonly seen: string;
  readonly pool?: Partial<PoolOptions>;
  play(pool: Pool, threads: number): Promise<void>;
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Good tasks beside the bad moment; resolves once each has given its own value. */
async function innocents(pool: Pool, n = 20): Promise<void> {
  const runs = count(n).map((i) => pool.run(i, i % 3 === 0 ? { name: 'waitFor' } : {}));
  assert.deepEqual(await Promise.all(runs), count(n));
}

export const MOMENTS: readonly Moment[] = [
  {
    moment: 'every thread dies in the same tick',
    seen: '`ERR_WORKER_CRASHED` for those that killed them',
    async play(pool, threads) {
      const words = new Int32Array(new SharedArrayBuffer(8));
      const bad = count(threads).map(() => failure(pool.run(words, { name: 'exitTogether' })));
      const good = innocents(pool);
      while (Atomics.load(words, 1) < threads) await turn();
      Atomics.store(words, 0, 1);
      Atomics.notify(words, 0);
      for (const error of await Promise.all(bad)) assert.equal(error.code, 'ERR_WORKER_CRASHED');
      await good;
    },
  },
  {
    moment: 'a thread dies while the pool closes',
    seen: '`close()` waits for the retries too',
    async play(pool) {
      const bad = failure(pool.run(undefined, { name: 'exitLater' }));
      const good = innocents(pool);
      const report = await pool.close();
      assert.equal((await bad).code, 'ERR_WORKER_CRASHED');
      await good;
      assert.deepEqual([report.completed, report.dropped], [21, 0]);
    },
  },
  {
    moment: '`close({ force: true })` in the middle of everything',
    seen: 'a value or `ERR_POOL_CLOSED`, nothing else',
    async play(pool) {
      const names = ['spin', 'neverSettle', 'exitLater', 'throwAfterwards', 'default', 'default', 'waitFor', 'default'];
      const passed = pool.run('one has passed'); // First, because an idle thread is given what comes at once.
      const settled = Promise.allSettled(names.map((name) => pool.run(1, { name })));
      await passed;
      const report = await pool.close({ force: true });
      const outcomes = await settled;
      for (const one of outcomes) if (one.status === 'rejected') assert.ok(/^ERR_(POOL_CLOSED|WORKER_CRASHED)$/.test(one.reason.code));
      assert.ok(report.dropped >= 2, 'those that never end were dropped');
    },
  },
  {
    moment: 'a time-out fires while the result is on its way',
    seen: 'a value or `ERR_TASK_TIMEOUT`, and only one of them',
    pool: { retry: false },
    async play(pool) {
      for (let round = 0; round < (SOAK ? 10 : 4); round++) {
        const runs = count(4).map((i) => pool.run(10 + (i % 2), { name: i < 2 ? 'waitFor' : 'busy', timeout: 11 }));
        for (const [i, one] of (await Promise.allSettled(runs)).entries()) {
          if (one.status === 'fulfilled') assert.equal(one.value, 10 + (i % 2));
          else assert.equal(one.reason.code, 'ERR_TASK_TIMEOUT');
        }
      }
      await innocents(pool);
    },
  },
  {
    moment: 'the main loop is blocked for two seconds',
    seen: 'nobody is convicted whose result is there',
    pool: { retry: false },
    async play(pool, threads) {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const limits = { timeout: { run: 500, total: 1_500 } };
      const running = count(threads).map((i) => pool.run(words, { name: i % 2 === 0 ? 'countEnd' : 'countStart', ...limits }));
      await turn();
      block(2_000, () => Atomics.load(words, 0) === threads);
      assert.equal((await Promise.all(running)).length, threads);
      await innocents(pool);
    },
  },
  {
    moment: 'a late error while another task runs',
    seen: '`lateError` names the task that left it; the other one runs to its end',
    async play(pool) {
      const late: Promise<PoolEvents['lateError']> = once(pool, 'lateError');
      const first = pool.run('A', { name: 'throwAfterwards' });
      const { accepted } = pool.stats();
      const others = count(4).map(() => pool.run(20, { name: 'waitFor' }));
      assert.equal(await first, 'A');
      assert.deepEqual(await Promise.all(others), [20, 20, 20, 20]);
      assert.equal((await late).taskId, accepted);
      assert.equal(pool.stats().retries, 0);
    },
  },
  {
    moment: 'a thread does not terminate',
    seen: '`ERR_TASK_TIMEOUT`; an orphan until its call returns, its slot refilled at once',
    pool: { terminateTimeout: 100, retry: false },
    async play(pool) {
      const release = join(mkdtempSync(join(tmpdir(), 'holdfast-')), 'release');
      const error = await failure(pool.run(release, { name: 'blockNatively', timeout: 50 }));
      assert.equal(error.code, 'ERR_TASK_TIMEOUT');
      await innocents(pool);
      while (pool.stats().threads.orphan === 0) await sleep(2);
      await innocents(pool);
      assert.equal(pool.stats().threads.orphan, 1, 'the others are served meanwhile');
      writeFileSync(release, '');
      while (pool.stats().threads.orphan === 1) await sleep(2);
      rmSync(dirname(release), { recursive: true });
    },
  },
  {
    moment: 'one signal aborts a full queue',
    seen: '`ERR_TASK_ABORTED` with its reason; what waited never runs',
    async play(pool, threads) {
      const controller = new AbortController();
      const { signal } = controller;
      const words = new Int32Array(new SharedArrayBuffer(8));
      const stuck = count(threads).map(() => failure(pool.run(words, { name: 'gate', signal })));
      while (Atomics.load(words, 1) < threads) await turn();
      const started = new Int32Array(new SharedArrayBuffer(4));
      const waiting = count(20).map(() => failure(pool.run(started, { name: 'countStart', signal })));
      await turn();
      controller.abort('enough');
      for (const error of await Promise.all([...stuck, ...waiting]))
        assert.deepEqual([error.code, error.cause], ['ERR_TASK_ABORTED', 'enough']);
      await innocents(pool);
      assert.equal(started[0], 0);
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    },
  },
  {
    moment: 'tasks start tasks from the events of the pool',
    seen: 'their values',
    async play(pool) {
      const runs: Promise<unknown>[] = [];
      let left = 20;
      for (const name of ['crash', 'workerExit', 'retry', 'degraded', 'recovered', 'timeout', 'drain'] as const)
        pool.on(name, () => void (left-- > 0 && runs.push(pool.run(name))));
      await failure(pool.run(undefined, { name: 'exitNow' }));
      await failure(pool.run(undefined, { name: 'spin', timeout: 20 }));
      await innocents(pool);
      for (let i = 0; i < runs.length; i++) assert.equal(typeof (await runs[i]), 'string');
    },
  },
];

/** After each moment the pool is whole again, unless the moment was its end. */
export async function after(pool: Pool, threads: number): Promise<void> {
  if (pool.health() === 'closed') await whole(pool, 0, 0);
  else await whole(pool, threads, 1);
  const { accepted, fulfilled, rejected, open } = pool.stats();
  assert.deepEqual([accepted, open], [fulfilled + rejected, 0], 'all settle, once');
  await mainIsUnharmed();
}
