import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { attemptsOf } from '../../../src/core/errors.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../world/scripted.ts';

describe('verdicts', () => {
  it('by a late timer wait for a death notice that is already on its way', async (t) => {
    // The main loop was blocked. When it woke, the run timeout of a task was due, and it had long since ended its thread.
    const script = new Script(t, { threads: 1, timeout: { run: 100 }, retry: false });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('exits'));
    await settle();
    script.thread(1).begin();
    while (script.clock.step(100));
    await script.thread(1).exit({ exitCode: 7 });
    assert.equal((run.error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    assert.deepEqual(
      attemptsOf(run.error).map(({ kind }) => kind),
      ['crash'],
    );
  });

  it('over code that no task started fall on the task that runs, so that none is interrupted forever', async (t) => {
    // A module's own timer ended the thread again and again, and no task paid for it: a task longer than that never settled.
    const script = new Script(t, { threads: 1, retry: { retries: 2, minTimeout: 0 } });
    const run = script.watch(script.pool.run('long'));
    for (let n = 1; n <= 3; n++) {
      await script.thread(n).ready();
      assert.deepEqual(script.thread(n).begin(), { input: 'long' });
      await script.thread(n).exit({ blame: { of: 'settled', taskId: -1 } });
      await script.clock.advance(100);
    }
    assert.equal((run.error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    assert.equal(attemptsOf(run.error).length, 3);
  });

  it('over a thread that has ended its tasks and says nothing end it', async (t) => {
    // Its report was lost. It ran nothing and left no mail lying, so neither watch over it had anything to say.
    const script = new Script(t, { threads: 1, timeout: { run: 1000 }, terminateTimeout: 100, retry: { minTimeout: 0 } });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('lost'));
    await settle();
    script.thread(1).begin();
    script.thread(1).finish('never heard');
    await script.clock.advance(3000);
    assert.ok(script.thread(1).terminated);
    await script.thread(1).exit();
    await script.thread(2).ready();
    await script.clock.advance(100);
    await script.thread(2).work();
    assert.equal(run.outcome, 'lost');
  });

  it('of a quarantine that is the last settlement let go of the process once', async (t) => {
    // The task that closed its key swept another, which was the last open one: both told that the pool had drained.
    const script = new Script(t, { threads: 1, quarantine: { key: () => 'k', after: 1 }, retry: false });
    let drained = 0;
    script.pool.on('drain', () => drained++);
    await script.thread(1).ready();
    const guilty = script.watch(script.pool.run('guilty'));
    await settle();
    script.thread(1).begin();
    const swept = script.watch(script.pool.run('swept'));
    await settle();
    await script.thread(1).exit({ cause: 'crash', error: new Error('boom') });
    assert.equal((guilty.error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    assert.equal((swept.error as { code?: string }).code, 'ERR_TASK_QUARANTINED');
    assert.deepEqual([script.holders, drained], [0, 1]);
  });

  for (const event of ['conflict', 'degraded'] as const)
    it(`of a quorum stand when a listener of ${event} closes the pool`, async (t) => {
      // The losers were convicted and the conflict told before the result was delivered: who heard of it closed the pool, and the task whose
      // quorum stood was rejected because it had been closed.
      const { closed, run } = await votes(t, {}, [1, 2, 2], event);
      assert.ok(closed);
      assert.equal(run.outcome, 2);
    });

  it('bar all losers at once: a task that is submitted when the first of them goes is given to none', async (t) => {
    // They were retired one after another. The first made the pool degraded, and who heard of it submitted a task: the second loser was given it.
    const script = new Script(t, { threads: 5, spares: 0, redundancy: { replicas: 5, quorum: 3, maxReplicas: 5 } });
    for (const n of [1, 2, 3, 4, 5]) await script.thread(n).ready();
    const plain = (input: string): unknown => script.watch(script.pool.run(input, { redundancy: false }));
    const run = script.watch(script.pool.run('asked'));
    await settle();
    script.pool.once('degraded', () => ['a', 'b', 'c'].map(plain));
    for (const [n, ballot] of [
      [1, 3],
      [2, 3],
      [4, 1],
      [5, 2],
      [3, 3],
    ] as const) {
      const thread = script.thread(n);
      thread.begin();
      thread.finish(ballot);
      await thread.report();
      // Who has won has something to do by then.
      if (n <= 2) plain('busy');
      await settle();
      if (n <= 2) assert.deepEqual(thread.begin(), { input: 'busy' });
    }
    assert.equal(run.outcome, 3);
    assert.deepEqual(script.thread(3).begin(), { input: 'a' });
    assert.deepEqual(
      [4, 5].map((n) => script.thread(n).attempts.length),
      [1, 1],
      'the copy that it had, and nothing else',
    );
  });

  it('of a resolution stand when a listener of conflict closes the pool', async (t) => {
    const { closed, run } = await votes(t, { resolve: 'median' }, [1, 2, 4], 'conflict');
    assert.ok(closed);
    assert.equal(run.outcome, 2);
  });

  it('that there is none stand when a listener of conflict closes the pool', async (t) => {
    const { closed, run } = await votes(t, {}, [1, 2, 4], 'conflict');
    assert.ok(closed);
    assert.equal((run.error as { code?: string }).code, 'ERR_NO_QUORUM');
  });

  for (const by of ['equal', 'resolve'] as const)
    it(`are not told, and retire nobody, where ${by} itself has aborted the task`, async (t) => {
      // The vote went on without its task: one that had been aborted had a conflict of verdict "quorum", or "resolved".
      const controller = new AbortController();
      const equal = (a: unknown, b: unknown): boolean => {
        if (a === 2 && b === 2) controller.abort();
        return a === b;
      };
      const resolve = (): number => {
        controller.abort();
        return 7;
      };
      const script = new Script(t, {
        threads: 3,
        redundancy: { replicas: 3, quorum: 2, maxReplicas: 3, ...(by === 'equal' ? { equal } : { resolve }) },
      });
      for (const n of [1, 2, 3]) await script.thread(n).ready();
      const verdicts: string[] = [];
      script.pool.on('conflict', ({ verdict }) => verdicts.push(verdict));
      const run = script.watch(script.pool.run('asked', { signal: controller.signal }));
      await settle();
      for (const [i, ballot] of [1, 2, by === 'equal' ? 2 : 4].entries()) {
        const thread = script.thread(i + 1);
        thread.begin();
        thread.finish(ballot);
        await thread.report();
      }
      assert.equal((run.error as { code?: string }).code, 'ERR_TASK_ABORTED');
      assert.deepEqual([verdicts, script.threads.map(({ terminated }) => terminated)], [[], [false, false, false]]);
    });
});

/** Three copies, each on a thread of its own, return these one after the other; at the event, the listener closes the pool by force. */
async function votes(
  t: TestContext,
  more: { readonly resolve?: 'median' },
  ballots: readonly number[],
  event: 'conflict' | 'degraded',
): Promise<{ closed: boolean; run: { outcome?: unknown; error?: unknown } }> {
  const script = new Script(t, { threads: 3, redundancy: { replicas: 3, quorum: 2, maxReplicas: 3, ...more } });
  let closed = false;
  for (const n of [1, 2, 3]) await script.thread(n).ready();
  script.pool.once(event, () => {
    closed = true;
    void script.pool.close({ force: true });
  });
  const run = script.watch(script.pool.run('asked'));
  await settle();
  for (const [i, ballot] of ballots.entries()) {
    const thread = script.thread(i + 1);
    assert.deepEqual(thread.begin(), { input: 'asked' });
    thread.finish(ballot);
    await thread.report();
  }
  return { closed, run };
}
