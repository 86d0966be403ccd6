import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../scripted.ts';

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
