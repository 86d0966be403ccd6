import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';
import type { ScriptedThread } from '../../simulation/world/scripted-thread.ts';
import { lendTime } from '../../stories/borrowed-time.ts';

/** A thread that is ready and has a teardown. */
async function begin(thread: ScriptedThread): Promise<void> {
  thread.events.tearsDown();
  await thread.ready();
}

describe('a thread in its teardown', () => {
  it('has been followed by another before it has ended, without a spare', async (t) => {
    const script = new Script(t, { threads: 1, spares: 0, recycle: { tasks: 1 }, terminateTimeout: 1_000 });
    lendTime(t, script);
    await begin(script.thread(1));
    const first = script.watch(script.pool.run('first'));
    await settle();
    await script.thread(1).work();
    assert.equal(first.outcome, 'first');
    assert.deepEqual([script.thread(1).tearsDown, script.thread(1).terminated], [true, false]);
    const second = script.watch(script.pool.run('second'));
    await script.clock.advance(10);
    await begin(script.thread(2));
    await script.thread(2).work();
    assert.equal(second.outcome, 'second', 'nobody waits for the teardown');
    assert.equal(script.thread(1).terminated, false);
    await script.clock.advance(1_000);
    assert.equal(script.thread(1).terminated, true, 'its time is over');
  });

  it('of an elastic pool does not keep the next task waiting', async (t) => {
    const script = new Script(t, { threads: { min: 0, max: 1 }, spares: 0, idleTimeout: 10, terminateTimeout: 60_000 });
    const first = script.watch(script.pool.run('first'));
    await settle();
    await begin(script.thread(1));
    await script.thread(1).work();
    assert.equal(first.outcome, 'first');
    await script.clock.advance(100);
    assert.deepEqual([script.thread(1).tearsDown, script.thread(1).terminated], [true, false]);
    const second = script.watch(script.pool.run('second'));
    await script.clock.advance(10);
    await begin(script.thread(2));
    await script.thread(2).work();
    assert.equal(second.outcome, 'second');
    script.thread(1).events.tornDown(undefined);
    await settle();
    assert.equal(script.thread(1).terminated, true);
  });

  it('that dies, or says that it is done again and again, ends once', async (t) => {
    const script = new Script(t, { threads: 2, spares: 0, terminateTimeout: 1_000 });
    lendTime(t, script);
    const failed: unknown[] = [];
    script.pool.on('teardownFailed', ({ error }) => failed.push(error.how));
    for (const n of [1, 2]) await begin(script.thread(n));
    script.thread(1).events.tornDown(new Error('nobody has asked'));
    const closed = script.watch(script.pool.close());
    await settle();
    assert.ok([1, 2].every((n) => script.thread(n).tearsDown));
    for (let n = 0; n < 3; n++) script.thread(1).events.tornDown(undefined);
    await settle();
    await script.thread(1).exit();
    await script.thread(2).exit({ cause: 'exit' });
    await settle();
    assert.ok('outcome' in closed);
    assert.equal(script.thread(2).terminated, false);
    assert.deepEqual(failed, ['exited']);
  });

  it('that never ends is an orphan before the pool has closed', async (t) => {
    // Teardown and end have a limit each, and the pool one of its own for both. That one was over first: the pool was closed, and its thread neither ended nor given up.
    const script = new Script(t, { threads: 1, spares: 0, terminateTimeout: 1 });
    await begin(script.thread(1));
    let ends = 0;
    script.pool.on('workerExit', () => ends++);
    let endsAtClose: number | undefined;
    void script.pool.close().then(() => {
      endsAtClose = ends;
    });
    await script.clock.advance(100);
    assert.equal(endsAtClose, 1);
    assert.equal(script.pool.stats().threads.orphan, 1);
  });
});
