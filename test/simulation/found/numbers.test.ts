import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessagePort } from 'node:worker_threads';
import { ControlBlock } from '../../../src/core/wire/control-block.ts';
import { type DoneMessage, type RunMessage, TO_THREAD } from '../../../src/core/wire/wire.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import type { RunOptions } from '../../../src/options/types.ts';
import { Report } from '../../../src/thread/report.ts';
import { Runner } from '../../../src/thread/runner.ts';
import { Script } from '../world/scripted.ts';
import type { ScriptedThread } from '../world/scripted-thread.ts';

/** How many of its threads live, as the script knows. */
const states = (script: Script) => script.pool.stats().threads;

/** One more than a heap may have before its thread is recycled. Unlike one that has had its tasks, such a thread serves until it has a successor. */
const TOO_MUCH = 100 * 1_048_576 + 1;
const recycle = { heapMb: 100 };

describe('the number of threads', () => {
  it('does not grow by successors that fail to start', async (t) => {
    // A thread had served its time, so a successor was started over and above the number. It failed to start, and was replaced
    // like one of the number. Every further successor did the same.
    const script = new Script(t, { threads: 1, recycle, restart: { minTimeout: 10, maxTimeout: 10, intensity: 100 } });
    await script.thread(1).ready();
    script.thread(1).memory = TOO_MUCH;
    for (let i = 0; i < 3; i++) {
      script.watch(script.pool.run(i));
      await settle();
      await script.thread(1).work();
      const successor = script.threads.at(-1)!;
      assert.notEqual(successor, script.thread(1));
      if (i < 2) await successor.exit({ cause: 'startup', error: new Error('no') });
    }
    await script.clock.advance(100);
    const { starting, ready, spare } = states(script);
    assert.ok(starting + ready + spare <= 2, `one thread and at most one successor, not ${starting + ready + spare}`);
  });

  it('returns to normal when the thread that was to be replaced has nothing to do any more', async (t) => {
    // The successor became ready while its predecessor was idle, and the predecessor was only looked at after a task.
    const script = new Script(t, { threads: 1, recycle });
    await script.thread(1).ready();
    script.thread(1).memory = TOO_MUCH;
    const run = script.watch(script.pool.run('once'));
    await settle();
    await script.thread(1).work();
    assert.equal(run.outcome, 'once');
    await script.thread(2).ready();
    assert.ok(script.thread(1).terminated, 'it goes as soon as its successor is there');
    await script.thread(1).exit();
    assert.deepEqual([states(script).ready, states(script).spare, script.threads.length], [1, 0, 2]);
  });

  it('has room for one successor at a time, dying predecessors included', async (t) => {
    const script = new Script(t, { threads: 2, recycle });
    for (const n of [1, 2]) {
      await script.thread(n).ready();
      script.thread(n).memory = TOO_MUCH;
    }
    for (let i = 0; i < 2; i++) script.watch(script.pool.run(i));
    await settle();
    await script.thread(1).work();
    await script.thread(3).ready();
    assert.ok(script.thread(1).terminated);
    await script.thread(2).work();
    assert.equal(script.threads.length, 3, 'the next one is started when the first one is dead');
    await script.thread(1).exit();
    for (const name of ['again', 'and again']) script.watch(script.pool.run(name));
    await settle();
    await script.thread(2).work();
    await script.thread(3).work();
    assert.equal(script.threads.length, 4);
  });

  for (const end of ['has its last task', 'is ended with a task that is aborted'] as const) {
    it(`keeps a successor that becomes ready while its predecessor is dying: it ${end}`, async (t) => {
      // No thread that served was about to go any more, so the successor was taken for one too many, and ended as well. The slot waited for a third.
      const script = new Script(t, { threads: 1, recycle: { tasks: 2 }, abortGrace: 0 });
      await script.thread(1).ready();
      script.watch(script.pool.run('first'));
      await settle();
      await script.thread(1).work();
      assert.equal(script.threads.length, 2, 'its successor is on the way');
      const aborting = new AbortController();
      script.watch(script.pool.run('last', { signal: aborting.signal }));
      await settle();
      if (end === 'has its last task') await script.thread(1).work();
      else {
        script.thread(1).begin();
        aborting.abort();
        await settle();
      }
      assert.ok(script.thread(1).terminated);
      await script.thread(2).ready();
      assert.equal(script.thread(2).terminated, false);
      const next = script.watch(script.pool.run('next'));
      await script.thread(1).exit();
      await script.thread(2).work();
      assert.equal(next.outcome, 'next');
      assert.deepEqual([states(script).starting, states(script).spare, script.threads.length], [1, 0, 3]);
    });
  }

  it('is handed no more tasks than it may serve, whatever its caller submits who hears of one that is overdue', async (t) => {
    // The task that was submitted then, and more, went to the same thread at once. What had been taken out for it before was handed over behind them.
    const script = new Script(t, { threads: 2, spares: 0, recycle: { tasks: 20 } });
    const run = (count: number, options?: RunOptions): void => {
      for (let i = 0; i < count; i++) script.watch(script.pool.run(i, options));
    };
    const [one, two] = script.threads as [ScriptedThread, ScriptedThread];
    await one.ready();
    for (let i = 0; i < 12; i++) {
      run(1);
      await settle();
      await one.work(); // Tasks are short: from now on many travel together.
    }
    run(1);
    await settle();
    one.begin();
    run(7); // All that this thread may still be handed.
    await settle();
    script.clock.setTimeout(() => void two.ready(), 5); // A moment before the timer of the queue timeout, at the same time.
    run(1, { timeout: { queue: 5 }, priority: 1 });
    run(32);
    script.pool.on('timeout', () => run(1));
    await script.clock.advance(10);
    const handed = two.mail.reduce((sum, { inputs }) => sum + inputs.length, 0);
    assert.ok(handed > 1 && handed <= 20, `${handed} tasks`);
  });
});

describe('the time that a task took', () => {
  it('does not begin before its thread turns to it', async () => {
    // Between two bundles the event loop of the thread had its turn, and what that took was counted as time of the next task. The clock leapt
    // there, and the hedging budget was as large as if that task had worked for twenty minutes.
    let now = 0;
    const posted: DoneMessage[] = [];
    const port = { postMessage: (message: DoneMessage) => posted.push(message) } as unknown as MessagePort;
    const control = new ControlBlock();
    const mail = [1, 2].map((bundle): RunMessage => {
      control.open(bundle);
      return [TO_THREAD.run, bundle, [bundle], [5], [undefined]];
    });
    const work = (ms: number): void => {
      now += ms;
    };
    const runner = new Runner({
      around: { port, control, runLimit: 1000, time: { now: () => 0, lived: () => 0 } },
      report: new Report(port, control, 'cloned'),
      modules: { handler: () => work } as never,
      name: 'default',
      call: (handler, input) => handler(input),
      now: () => now,
      receive: () => mail.shift(),
      afterTurn: setImmediate,
      onIdle: () => {},
      onBroken: () => {},
    });
    runner.wake();
    now += 1_200_000;
    await new Promise(setImmediate);
    assert.deepEqual(
      posted.map(([, bundle, , , times]) => [bundle, times]),
      [
        [1, [0, 5]],
        [2, [1_200_005, 1_200_010]],
      ],
    );
  });
});
