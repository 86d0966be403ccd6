import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { settle } from '../../src/faults/virtual-clock.ts';
import type { PoolEvents } from '../../src/index.ts';
import { Script } from '../simulation/world/scripted.ts';
import { oneIn } from '../soak.ts';
import { lendTime } from './borrowed-time.ts';

const it = oneIn(4, import.meta.url);

describe('spares', () => {
  for (const spares of [0, 1, 2]) {
    it(`${spares}: after a crash the task runs again at once if one is there, else once a new thread is ready`, async (t) => {
      const script = new Script(t, { threads: 1, spares, retry: { retries: 3, minTimeout: 0 } });
      lendTime(t, script);
      for (let n = 1; n <= 1 + spares; n++) await script.thread(n).ready();
      assert.equal(script.pool.stats().threads.spare, spares);
      const run = script.watch(script.pool.run('deadly'));
      await settle();
      for (let deaths = 1; deaths <= 3; deaths++) {
        assert.notEqual(script.thread(deaths).begin(), undefined);
        await script.thread(deaths).exit({ cause: 'crash' });
        await script.clock.advance(0);
        const hasSuccessor = deaths <= spares;
        assert.equal(script.pool.health(), hasSuccessor ? 'ok' : 'degraded');
        assert.equal(script.thread(deaths + 1).mail.length, hasSuccessor ? 1 : 0);
        await script.clock.advance(10);
        assert.equal(script.threads.length, 1 + spares + deaths, 'a new one is being made');
        if (!hasSuccessor) await script.thread(deaths + 1).ready();
      }
      await script.thread(4).work();
      assert.equal(run.outcome, 'deadly');
    });
  }
});

describe('recycling', () => {
  it('by tasks: no thread is handed more of them, whatever waits', async (t) => {
    const script = new Script(t, { threads: 1, spares: 0, recycle: { tasks: 3 } });
    await script.thread(1).ready();
    await script.warmUp(script.thread(1));
    assert.equal(script.thread(1).terminated, true);
    await script.thread(1).exit();
    const runs = Array.from({ length: 100 }, (_, n) => script.watch(script.pool.run(n)));
    for (let n = 2; runs.some((run) => !('outcome' in run)); n++) {
      await script.thread(n).ready();
      while ((await script.thread(n).work()).length > 0);
      assert.equal(script.thread(n).attempts.length, Math.min(3, 100 - 3 * (n - 2)));
      if (script.thread(n).terminated) await script.thread(n).exit();
    }
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      runs.map((_, n) => n),
    );
  });

  it('by tasks: with 1 every task has a thread of its own', async (t) => {
    const script = new Script(t, { threads: 1, spares: 1, recycle: { tasks: 1 } });
    for (const n of [1, 2]) await script.thread(n).ready();
    const runs = Array.from({ length: 20 }, (_, n) => script.watch(script.pool.run(n)));
    await settle();
    for (let n = 1; n <= 20; n++) {
      await script.thread(n).work();
      assert.equal(script.thread(n).attempts.length, 1);
      await script.thread(n).exit();
      await script.clock.advance(10);
      await script.thread(n + 2).ready();
    }
    assert.ok(runs.every((run, n) => run.outcome === n));
  });

  it('by tasks: the successor is ready before the old thread goes', async (t) => {
    const script = new Script(t, { threads: 1, spares: 0, recycle: { tasks: 6 } });
    const exits: PoolEvents['workerExit'][] = [];
    const gaps: unknown[] = [];
    script.pool.on('workerExit', (event) => exits.push(event));
    script.pool.on('degraded', (event) => gaps.push(event));
    await script.thread(1).ready();
    const runs: { outcome?: unknown }[] = [];
    for (let n = 1; n <= 6; n++) {
      runs.push(script.watch(script.pool.run(n)));
      await settle();
      await script.thread(1).work();
      assert.equal(script.threads.length, n < 5 ? 1 : 2, 'one successor is on its way, and not more');
      if (n === 5) await script.thread(2).ready();
      assert.equal(script.thread(1).terminated, n === 6);
    }
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      [1, 2, 3, 4, 5, 6],
    );
    const next = script.watch(script.pool.run('next'));
    await settle();
    await script.thread(2).work();
    assert.equal(next.outcome, 'next', 'the dying thread is not waited for');
    await script.thread(1).exit();
    assert.deepEqual([exits.map(({ reason }) => reason), gaps], [['recycled'], []]);
    assert.equal(script.threads.length, 2, 'it has its successor already');
  });

  it('by tasks: a spare takes over at once', async (t) => {
    const script = new Script(t, { threads: 1, spares: 1, recycle: { tasks: 1 } });
    for (const n of [1, 2]) await script.thread(n).ready();
    script.watch(script.pool.run('one'));
    await settle();
    await script.thread(1).work();
    assert.equal(script.thread(1).terminated, true);
    const next = script.watch(script.pool.run('two'));
    await settle();
    await script.thread(2).work();
    assert.equal(next.outcome, 'two');
  });

  it('does not interrupt the task that runs', async (t) => {
    const script = new Script(t, { threads: 1, spares: 0, recycle: { heapMb: 100 } });
    await script.thread(1).ready();
    script.thread(1).memory = 101 * 1_048_576;
    script.watch(script.pool.run('one'));
    await settle();
    await script.thread(1).work();
    const long = script.watch(script.pool.run('long'));
    await settle();
    script.thread(1).begin();
    await script.thread(2).ready();
    assert.equal(script.thread(1).terminated, false);
    script.thread(1).finish('done');
    await script.thread(1).report();
    assert.deepEqual([long.outcome, script.thread(1).terminated], ['done', true]);
  });

  it('by heap: only the thread above the limit goes', async (t) => {
    const script = new Script(t, { threads: 2, spares: 0, recycle: { heapMb: 100 } });
    for (const n of [1, 2]) await script.thread(n).ready();
    const round = async (): Promise<void> => {
      const runs = [1, 2].map((n) => script.watch(script.pool.run(n)));
      await settle();
      for (const n of [1, 2]) await script.thread(n).work();
      assert.ok(runs.every((run) => 'outcome' in run));
    };
    for (const n of [1, 2]) script.thread(n).memory = 100 * 1_048_576;
    await round();
    assert.equal(script.threads.length, 2, 'at the limit is not above it');
    script.thread(2).memory = 100 * 1_048_576 + 1;
    await round();
    assert.equal(script.threads.length, 3);
    await script.thread(3).ready();
    assert.deepEqual([script.thread(1).terminated, script.thread(2).terminated], [false, true]);
    assert.equal(script.pool.health(), 'ok');
  });
});
