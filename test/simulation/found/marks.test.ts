import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlBlock, MAX_BUNDLE } from '../../../src/core/wire/control-block.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../world/scripted.ts';

describe('how far a bundle has come', () => {
  it('is known when a later bundle has taken its words: it is done', () => {
    // Its report had been lost, and the thread went on. When the ring had gone round, the task seemed not to have begun: its queue
    // timeout ended it. Worse, to take the old bundle back was to take back the new one, which was never heard of again.
    const control = new ControlBlock();
    const [old, later] = [3, 3 + ControlBlock.RING];
    control.open(old);
    assert.ok(control.claim(old, 0));
    control.finish(old, 0);
    control.open(later);
    assert.deepEqual([control.claimed(old), control.finished(old)], [MAX_BUNDLE, MAX_BUNDLE]);
    assert.equal(control.revoke(old), MAX_BUNDLE);
    assert.ok(control.claim(later, 0), 'the later one is as it was');
    assert.deepEqual([control.claimed(later), control.finished(later)], [1, 0]);
  });

  it('is known however much was handed over behind it and taken back', async (t) => {
    // Within the first millisecond of a task others were started and given up again, in eight bundles. The eighth took the words of its own, and it
    // seemed to be done: its run timeout of 30 ms ended it after two seconds, and only because the thread left its mail lying.
    for (const many of [ControlBlock.RING - 1, ControlBlock.RING, 3 * ControlBlock.RING]) {
      const script = new Script(t, { threads: 1, timeout: { run: 30 }, terminateTimeout: 2000, retry: false });
      const thread = script.thread(1);
      await thread.ready();
      const long = script.watch(script.pool.run('long'));
      await settle();
      assert.deepEqual(thread.begin(), { input: 'long' });
      for (let i = 0; i < many; i++) {
        const controller = new AbortController();
        const other = script.watch(script.pool.run(`given up ${i}`, { signal: controller.signal }));
        await settle();
        controller.abort();
        await settle();
        assert.equal((other.error as { code?: string }).code, 'ERR_TASK_ABORTED');
      }
      await script.clock.advance(40);
      assert.equal((long.error as { code?: string } | undefined)?.code, 'ERR_TASK_TIMEOUT', `${many} behind it`);
      assert.ok(thread.terminated);
    }
  });

  it('is known when what it has not begun was taken back', () => {
    const control = new ControlBlock();
    control.open(5);
    control.claim(5, 0);
    assert.equal(control.revoke(5), 1);
    assert.equal(control.claim(5, 1), false);
    assert.equal(control.claimed(5), 1);
  });

  it('is known while the answer of another process is on its way', async (t) => {
    // Revoked, and it was not known how much of it had begun: a task that ran was ended by its queue timeout.
    const script = new Script(t, { threads: 1, timeout: { queue: 50 } });
    script.answers = 'later';
    await script.thread(1).ready();
    const [first, second] = [script.watch(script.pool.run('first')), script.watch(script.pool.run('second', { priority: -1 }))];
    await settle();
    const thread = script.thread(1);
    thread.begin();
    thread.finish();
    assert.deepEqual(thread.begin(), { input: 'second' });
    thread.events.unreadable();
    thread.obey();
    await script.clock.advance(100);
    assert.equal(second.error, undefined, 'it has begun, so that no queue timeout has anything to say');
    await thread.exit({ cause: 'crash' });
    await script.clock.advance(100);
    await script.thread(2).ready();
    await script.thread(2).work();
    await script.thread(2).work();
    assert.equal(second.outcome, 'second');
    assert.ok(first.outcome !== undefined || first.error !== undefined);
  });
});
