import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessagePort } from 'node:worker_threads';
import { ControlBlock, type DoneMessage, type RunMessage, TO_THREAD } from '../../../src/core/wire/wire.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Report } from '../../../src/thread/report.ts';
import { Runner } from '../../../src/thread/runner.ts';
import { Script } from '../world/scripted.ts';

/** How many of its threads live, as the script knows. */
const states = (script: Script) => script.pool.stats().threads;

describe('the number of threads', () => {
  it('does not grow by successors that fail to start', async (t) => {
    // A thread had served its time, so a successor was started over and above the number. It failed to start, and was replaced
    // like one of the number. Every further successor did the same.
    const script = new Script(t, { threads: 1, recycle: { tasks: 1 }, restart: { minTimeout: 10, maxTimeout: 10, intensity: 100 } });
    await script.thread(1).ready();
    for (let i = 0; i < 3; i++) {
      script.watch(script.pool.run(i));
      await settle();
      await script.thread(1).work();
      const successor = script.threads.at(-1)!;
      if (i < 2) await successor.exit({ cause: 'startup', error: new Error('no') });
    }
    await script.clock.advance(100);
    const { starting, ready, spare } = states(script);
    assert.ok(starting + ready + spare <= 2, `one thread and at most one successor, not ${starting + ready + spare}`);
  });

  it('returns to normal when the thread that was to be replaced has nothing to do any more', async (t) => {
    // The successor became ready while its predecessor was idle, and the predecessor was only looked at after a task.
    const script = new Script(t, { threads: 1, recycle: { tasks: 1 } });
    await script.thread(1).ready();
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
    const script = new Script(t, { threads: 2, recycle: { tasks: 1 } });
    await script.thread(1).ready();
    await script.thread(2).ready();
    for (let i = 0; i < 2; i++) script.watch(script.pool.run(i));
    await settle();
    await script.thread(1).work();
    await script.thread(3).ready();
    assert.ok(script.thread(1).terminated);
    await script.thread(2).work();
    assert.equal(script.threads.length, 3, 'the next one is started when the first one is dead');
    await script.thread(1).exit();
    script.watch(script.pool.run('again'));
    await settle();
    await script.thread(2).work();
    await script.thread(3).work();
    assert.equal(script.threads.length, 4);
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
      report: new Report(port, 'cloned'),
      module: { handler: () => work } as never,
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
