import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { settle } from '../../src/faults/virtual-clock.ts';
import { Script } from '../simulation/world/scripted.ts';

/** A thread that sends the result of one task forever, while another task, limited to 400 ms, waits on it. */
async function besideAWaitingTask(t: TestContext, timeout: number) {
  const script = new Script(t, { threads: 1, spares: 0, terminateTimeout: 100, retry: false, timeout: { run: 400 } });
  await script.thread(1).ready();
  await script.warmUp(script.thread(1));
  const endless = script.watch(script.pool.run('endless', { timeout }));
  const waiting = script.watch(script.pool.run('waiting'));
  await settle();
  script.thread(1).begin();
  script.thread(1).finish('never heard');
  script.thread(1).begin();
  script.thread(1).hangSending();
  return { script, endless, waiting };
}

describe('results that are never done being cloned', () => {
  it('of several together are waited for as long as the shortest of their limits; then each shows alone', async (t) => {
    // A getter of a result never returned. Its task was limited to 50 ms, and waited for the 30 s of others that had travelled with it.
    const script = new Script(t, { threads: 1, spares: 0, terminateTimeout: 100, retry: false });
    await script.thread(1).ready();
    await script.warmUp(script.thread(1));
    const endless = script.watch(script.pool.run('endless', { timeout: 50 }));
    const others = ['one', 'two'].map((input) => script.watch(script.pool.run(input)));
    await settle();
    while (script.thread(1).begin() !== undefined) script.thread(1).finish('never heard');
    assert.equal(script.thread(1).attempts.length, 3 + 3);
    await script.clock.advance(250);
    assert.ok(script.thread(1).terminated);
    await script.thread(1).exit();
    await script.thread(2).ready();
    script.thread(2).begin();
    script.thread(2).finish('never heard');
    await script.clock.advance(250);
    assert.equal((endless.error as { code?: string }).code, 'ERR_TASK_TIMEOUT');
    await script.thread(2).exit();
    await script.thread(3).ready();
    await script.thread(3).work();
    await script.thread(3).work();
    assert.deepEqual(
      others.map(({ outcome }) => outcome),
      ['one', 'two'],
    );
  });

  it('are no fault of a task that waits on their thread', async (t) => {
    // The loop of the thread turned while a task awaited something. That task failed for having run for longer than its limit.
    const { script, endless, waiting } = await besideAWaitingTask(t, 50);
    await script.clock.advance(250);
    assert.equal((endless.error as { code?: string }).code, 'ERR_TASK_TIMEOUT');
    assert.ok(script.thread(1).terminated);
    await script.thread(1).exit();
    await script.thread(2).ready();
    await script.thread(2).work();
    assert.equal(waiting.outcome, 'waiting');
  });

  for (const closing of [false, true])
    it(`do not hold up a task that waits on their thread, however long their own may run${closing ? ', and the pool closes' : ''}`, async (t) => {
      const { script, endless, waiting } = await besideAWaitingTask(t, Number.POSITIVE_INFINITY);
      const closed = closing ? script.watch(script.pool.close()) : undefined;
      await script.clock.advance(1_000);
      assert.ok(script.thread(1).terminated, 'the limit of the one that waits has passed');
      await script.thread(1).exit();
      await script.thread(2).ready();
      await script.thread(2).work();
      await script.thread(2).work();
      assert.deepEqual([endless.outcome, waiting.outcome], ['endless', 'waiting'], 'neither is charged with it');
      if (closed === undefined) return;
      await script.thread(2).exit();
      assert.deepEqual((closed.outcome as { completed: number }).completed, 2);
    });
});
