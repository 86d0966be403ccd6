import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../world/scripted.ts';

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

  it('may exit before it has been told to: some runtimes report the exit from within', async (t) => {
    // The pool took the exit for one that it had not asked for, or looked for a thread that was gone.
    const script = new Script(t, { threads: 2, abortGrace: 0 });
    for (const thread of script.threads) {
      thread.terminate = () => {
        thread.terminated = true;
        thread.events.exited({ cause: 'exit', exitCode: 1, error: undefined, blame: { of: 'running' } });
      };
    }
    await script.thread(1).ready();
    await script.thread(2).ready();
    const controller = new AbortController();
    const run = script.watch(script.pool.run('aborted', { signal: controller.signal }));
    await settle();
    script.threads.find((thread) => thread.begin() !== undefined);
    controller.abort();
    await settle();
    assert.equal((run.error as { code?: string }).code, 'ERR_TASK_ABORTED');
    const { exits, orphans } = {
      exits: script.threads.filter(({ terminated }) => terminated).length,
      orphans: script.pool.stats().threads.orphan,
    };
    assert.deepEqual([exits, orphans], [1, 0]);
    await script.thread(3).ready();
    assert.equal(script.pool.health(), 'ok');
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

describe('a thread that is to be recycled', () => {
  /** Its heap is too large, so it goes on until its successor is ready, and may have a task then. */
  async function tooLarge(t: TestContext): Promise<Script> {
    const script = new Script(t, { threads: 1, recycle: { heapMb: 100 } });
    await script.thread(1).ready();
    script.thread(1).memory = 100 * 1_048_576 + 1;
    script.watch(script.pool.run('first'));
    await settle();
    await script.thread(1).work();
    return script;
  }

  it('goes when the last task that it has is given up before it begins', async (t) => {
    // Its memory had moved to the thread, so it was left there when the thread had to go. It timed out and was taken back, and it went unseen that
    // the thread had nothing to do any more: it got no work, and did not go. It was the only one.
    const script = await tooLarge(t);
    const moved = script.watch(script.pool.run('moved', { transferList: [new ArrayBuffer(1)], timeout: { total: 5 } }));
    await settle();
    await script.thread(2).ready();
    assert.equal(script.thread(1).terminated, false, 'it has a task');
    await script.clock.advance(5);
    assert.equal((moved.error as { code?: string }).code, 'ERR_TASK_TIMEOUT');
    assert.ok(script.thread(1).terminated);
    const next = script.watch(script.pool.run('next'));
    await settle();
    await script.thread(2).work();
    assert.equal(next.outcome, 'next');
  });

  it('goes when what it has not begun comes back, though that was asked for before', async (t) => {
    // It lived far away. When it had to go, the word that takes back its last task was under way already, and the answer was not waited for.
    const script = await tooLarge(t);
    script.answers = 'later';
    const aborting = new AbortController();
    script.watch(script.pool.run('aborted', { signal: aborting.signal }));
    await settle();
    aborting.abort();
    await script.thread(2).ready();
    script.thread(1).obey();
    await script.thread(1).answer();
    assert.ok(script.thread(1).terminated);
  });
});
