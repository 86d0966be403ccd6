import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TimeoutError } from '../../src/core/errors.ts';
import { settle } from '../../src/faults/virtual-clock.ts';
import type { PoolEvents } from '../../src/index.ts';
import { Script } from '../simulation/world/scripted.ts';
import { codeOf, kindsOf } from './outcomes.ts';

/** Everything that a time-out says: in the error, and in the event. */
function told(error: unknown): unknown {
  const { name, code, phase, milliseconds } = error as TimeoutError;
  return { name, code, phase, milliseconds };
}

describe('a time limit', () => {
  it('of a run is counted from the start on a thread, not from acceptance, and holds for each attempt', async (t) => {
    const script = new Script(t, { threads: 1, timeout: { run: 100 }, retry: false });
    const events: PoolEvents['timeout'][] = [];
    script.pool.on('timeout', (event) => events.push(event));
    const run = script.watch(script.pool.run('slow'));
    await script.clock.advance(5_000); // It waits for a thread, which costs it nothing.
    assert.equal(run.error, undefined);
    await script.thread(1).ready();
    await script.clock.advance(90); // Nor does it cost anything to lie in the mail of one that has not begun it.
    assert.deepEqual([run.error, script.thread(1).terminated], [undefined, false]);
    script.thread(1).begin();
    await script.clock.advance(99);
    assert.equal(run.error, undefined);
    await script.clock.advance(2);
    assert.deepEqual(told(run.error), { name: 'TimeoutError', code: 'ERR_TASK_TIMEOUT', phase: 'run', milliseconds: 100 });
    assert.deepEqual(kindsOf(run), ['timeout']);
    assert.deepEqual(events, [{ taskId: 1, name: 'default', phase: 'run', milliseconds: 100, attempt: 1 }]);
    assert.ok(script.thread(1).terminated, 'its thread goes');
  });

  it('of the queue rejects a task that has not begun, which then never does', async (t) => {
    const script = new Script(t, { threads: 1, timeout: { queue: 70 } });
    const events: PoolEvents['timeout'][] = [];
    script.pool.on('timeout', (event) => events.push(event));
    await script.thread(1).ready();
    const first = script.watch(script.pool.run('runs'));
    await settle();
    script.thread(1).begin();
    const second = script.watch(script.pool.run('waits'));
    await script.clock.advance(69);
    assert.equal(second.error, undefined);
    await script.clock.advance(1);
    assert.deepEqual(told(second.error), { name: 'TimeoutError', code: 'ERR_TASK_TIMEOUT', phase: 'queue', milliseconds: 70 });
    assert.deepEqual(kindsOf(second), [], 'it had no attempt');
    assert.deepEqual(events, [{ taskId: 2, name: 'default', phase: 'queue', milliseconds: 70, attempt: events[0]!.attempt }]);
    script.thread(1).finish('done');
    await script.thread(1).report();
    assert.equal(first.outcome, 'done', 'one that has begun is not concerned');
    assert.deepEqual(await script.thread(1).work(), []);
  });

  it('of the whole holds over all attempts and the pauses between them', async (t) => {
    const script = new Script(t, { threads: 1, timeout: { run: 100, total: 250 }, retry: { retries: 9, minTimeout: 0 } });
    const run = script.watch(script.pool.run('slow'));
    for (let n = 1; run.error === undefined; n++) {
      await script.thread(n).ready();
      while (run.error === undefined && script.thread(n).begin() === undefined) await script.clock.advance(0);
      while (run.error === undefined && !script.thread(n).terminated) await script.clock.advance(1);
      await script.thread(n).exit();
    }
    assert.deepEqual(told(run.error), { name: 'TimeoutError', code: 'ERR_TASK_TIMEOUT', phase: 'total', milliseconds: 250 });
    assert.equal(script.clock.now(), 250);
    assert.deepEqual(kindsOf(run).slice(0, 2), ['timeout', 'timeout']);
  });

  it('of one run takes the place of that of its pool', async (t) => {
    const script = new Script(t, { threads: 1, timeout: { run: 100, queue: 50 }, retry: false });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('longer', { timeout: { run: Number.POSITIVE_INFINITY, queue: Number.POSITIVE_INFINITY } }));
    await settle();
    script.thread(1).begin();
    await script.clock.advance(1_000_000);
    script.thread(1).finish('at last');
    await script.thread(1).report();
    assert.deepEqual([run.outcome, codeOf(run)], ['at last', undefined]);
  });
});
