import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../scripted.ts';

describe('a thread that is being stopped', () => {
  it('begins nothing more: what lies behind its last task is free at once', async (t) => {
    // A task was aborted, and its thread terminated. The next task lay on that thread already. It had to wait for the thread's end,
    // began there while the thread was dying, and did so even when it had been aborted itself.
    const script = new Script(t, { threads: 1, spares: 1, timeout: { run: 1000 } });
    await script.thread(1).ready();
    await script.thread(2).ready();
    const controller = new AbortController();
    const first = script.watch(script.pool.run('first', { signal: controller.signal }));
    await settle();
    assert.deepEqual(script.thread(1).begin(), { input: 'first' });
    const second = script.watch(script.pool.run('second'));
    await settle();
    assert.equal(script.thread(1).mail.length, 2, 'it lies ready behind the first');
    controller.abort();
    await settle();
    assert.ok(script.thread(1).terminated);
    assert.equal((first.error as { code?: string }).code, 'ERR_TASK_ABORTED');
    assert.equal(script.thread(1).begin(), undefined, 'the dying thread gets nothing more to do');
    await script.thread(1).exit();
    assert.deepEqual(await script.thread(2).work(), ['second']);
    assert.equal(second.outcome, 'second');
  });

  it('is not waited for by tasks that it has not begun', async (t) => {
    const script = new Script(t, { threads: 2, abortGrace: 0, timeout: { run: 1000 } });
    await script.thread(1).ready();
    await script.thread(2).ready();
    const controller = new AbortController();
    for (const name of ['a', 'b']) script.watch(script.pool.run(name, { signal: controller.signal }));
    await settle();
    script.thread(1).begin();
    script.thread(2).begin();
    const waiting = ['c', 'd'].map((name) => script.watch(script.pool.run(name)));
    await settle();
    script.thread(2).finish('b');
    controller.abort();
    await script.thread(2).report();
    assert.ok(script.thread(1).terminated);
    while ((await script.thread(2).work()).length > 0);
    assert.deepEqual(
      waiting.map(({ outcome }) => outcome),
      ['c', 'd'],
      'both ran before the stopped thread was dead',
    );
  });

  it('by a listener that hears of a degraded pool is not replaced any more', async (t) => {
    // The last that is done after a death is to start the successor. A listener of what comes just before it had closed the pool.
    const script = new Script(t, { threads: 2 });
    await script.thread(1).ready();
    await script.thread(2).ready();
    for (const name of ['a', 'b']) script.watch(script.pool.run(name));
    await settle();
    for (const thread of script.threads) await thread.work(); // Whose death is no failed start is replaced at once.
    let report: unknown;
    script.pool.on('degraded', () => script.pool.close({ force: true }).then((closed) => (report = closed)));
    await script.thread(1).exit();
    assert.ok(script.thread(2).terminated);
    await script.thread(2).exit();
    assert.notEqual(report, undefined);
    assert.equal(script.threads.length, 2, 'a thread that nobody would ever have ended');
  });
});
