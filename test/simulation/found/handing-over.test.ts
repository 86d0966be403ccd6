import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../world/scripted.ts';

describe('handing tasks over', () => {
  it('finds the one input that cannot be cloned, and loses none of the others', async (t) => {
    // The others were sent one by one at once, in more bundles than a control block has words for: it forgot the first of them.
    const script = new Script(t, { threads: 1 });
    await script.thread(1).ready();
    await script.warmUp(script.thread(1));
    const runs = Array.from({ length: 40 }, (_, i) => script.watch(script.pool.run(i === 20 ? () => {} : i)));
    await settle();
    assert.ok(script.thread(1).mail.length <= 2, `one bundle that runs and one behind it, not ${script.thread(1).mail.length}`);
    while ((await script.thread(1).work()).length > 0);
    assert.equal((runs[20]!.error as { code?: string }).code, 'ERR_TASK_NOT_CLONEABLE');
    assert.deepEqual(
      runs.filter((_, i) => i !== 20).map(({ outcome }) => outcome),
      Array.from({ length: 40 }, (_, i) => i).filter((i) => i !== 20),
    );
  });

  it('stops for a task that a getter of its own input gives up', async (t) => {
    // Cloning runs code of the caller. The task that it aborted was marked as running all the same, after it had settled.
    const script = new Script(t, { threads: 1, abortGrace: 0 });
    await script.thread(1).ready();
    const controller = new AbortController();
    const input = {
      get value(): number {
        controller.abort();
        return 1;
      },
    };
    const run = script.watch(script.pool.run(input, { signal: controller.signal }));
    await settle();
    assert.equal((run.error as { code?: string }).code, 'ERR_TASK_ABORTED');
    assert.equal(script.thread(1).begin(), undefined, 'it is never begun');
    const next = script.watch(script.pool.run('next'));
    await settle();
    await script.thread(1).work();
    assert.equal(next.outcome, 'next');
  });

  it('takes back what is on its way to a thread that a getter of its input has ended', async (t) => {
    // What was handed over at that moment stayed with a thread that was being ended; what may be started only once failed without having begun.
    for (const abortGrace of [0, 1_000]) {
      const script = new Script(t, { threads: 1, abortGrace, idempotent: false });
      await script.thread(1).ready();
      const controller = new AbortController();
      script.watch(script.pool.run('runs', { signal: controller.signal }));
      await settle();
      script.thread(1).begin();
      const input = {
        get value(): number {
          controller.abort();
          return 1;
        },
      };
      const run = script.watch(script.pool.run(input));
      await settle();
      assert.deepEqual([script.thread(1).begin(), script.pool.stats().queued], [undefined, 1], 'it waits, and is not begun there');
      await script.clock.advance(1_000);
      await script.thread(1).exit();
      await script.thread(2).ready();
      await script.thread(2).work();
      assert.deepEqual(run.outcome, { value: 1 });
    }
  });

  it('frees a thread for a retry that needs a fresh one, when the last busy thread becomes idle', async (t) => {
    // What was left in the queue was not looked at when a thread had nothing to do any more that fitted it.
    const script = new Script(t, { threads: 1, spares: 1, retryBudget: 0, retry: { retries: 1 } });
    await script.thread(1).ready();
    await script.thread(2).ready();
    const hungry = script.watch(script.pool.run('hungry'));
    await settle();
    script.thread(1).begin();
    const others = ['a', 'b'].map((name) => script.watch(script.pool.run(name)));
    await settle();
    await script.thread(1).exit({ cause: 'oom' });
    while ((await script.thread(2).work()).length > 0);
    assert.deepEqual(
      others.map(({ outcome }) => outcome),
      ['a', 'b'],
    );
    await script.clock.advance(2); // A successor is started behind the spare that took over.
    await script.thread(3).ready();
    while ((await script.thread(3).work()).length > 0);
    assert.equal(hungry.outcome, 'hungry');
  });

  it('survives that a last report and the answer to a revocation cross on their way', async (t) => {
    // The report had completed the bundle. The answer dropped it a second time, and with it the bundle that had come after.
    const script = new Script(t, { threads: 2 });
    script.answers = 'later';
    await script.thread(1).ready();
    await script.thread(2).ready();
    const [holder, free] = [script.thread(1), script.thread(2)];
    const runs = ['a', 'b', 'c', 'd'].map((name) => script.watch(script.pool.run(name)));
    await settle();
    holder.begin();
    await script.clock.advance(5);
    while ((await free.work()).length > 0); // Idle now, it looks for work: what the other has is revoked.
    holder.finish('first');
    await holder.report();
    holder.begin();
    holder.obey();
    runs.push(...[...'efghijklmnop'].map((name) => script.watch(script.pool.run(name))));
    await settle();
    assert.equal(holder.mail.length, 2, 'it is handed more');
    await holder.answer();
    holder.finish('second');
    await holder.report();
    for (let i = 0; i < 5; i++) {
      for (const thread of [holder, free]) {
        thread.obey();
        await thread.answer();
        await thread.work();
      }
      await script.clock.advance(5);
    }
    assert.ok(runs.every((run) => 'outcome' in run));
  });

  it('does not hand large inputs to and fro between threads that have yet to unpack them', async (t) => {
    // A thread that had nothing to do took what the other had not looked at, in turn: inputs were cloned until memory was full.
    const script = new Script(t, { threads: 2 });
    const threads = [1, 2].map((n) => script.thread(n));
    for (const thread of threads) await thread.ready();
    const runs = Array.from({ length: 8 }, (_, n) => script.watch(script.pool.run(n)));
    await settle();
    const unpacking = 50;
    const unpacked = [0, 0];
    for (let ms = 0; ms < 2_000; ms++) {
      for (const [i, thread] of threads.entries()) {
        if (thread.mail.length === 0 || ++unpacked[i]! < unpacking) continue;
        unpacked[i] = 0;
        // That it was taken back meanwhile saves it nothing.
        const later = thread.mail.splice(1);
        await thread.work();
        thread.mail.unshift(...later);
      }
      await script.clock.advance(1);
    }
    assert.ok(runs.every((run) => 'outcome' in run));
    const sent = threads.reduce((sum, thread) => sum + thread.attempts.length, 0);
    assert.ok(sent <= 2 * runs.length, `8 inputs were cloned ${sent} times`);
  });

  it('gives a task back once, though a thread has it twice', async (t) => {
    // A report was lost. Its task was fetched from behind the long one, and came to the same thread again; that died of it, and the task
    // paid for the death and was given back to the queue as well, for what still lay in the old bundle: there it stood, and had settled.
    const script = new Script(t, { threads: 2, retry: false });
    const [free, stuck] = [script.thread(1), script.thread(2)];
    await free.ready();
    await stuck.ready();
    for (const name of ['warm', 'up']) script.watch(script.pool.run(name));
    await settle();
    await free.work(); // So short that from now on some travel together.
    await stuck.work();
    const runs = await script.whileBusy([stuck, free], () =>
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) => script.watch(script.pool.run(n))),
    );
    script.watch(script.pool.run(13, { priority: 1 }));
    await settle();
    assert.deepEqual(
      [free, stuck].map(({ mail }) => mail.map(({ inputs }) => inputs)),
      [
        [[1, 2, 3, 4, 5, 6], [12]],
        [
          [7, 8, 9],
          [10, 11],
        ],
      ],
    );
    while ((stuck.begin()?.input as number) < 10) stuck.finish(); // What it says of them is lost. The tenth is a long one.
    stuck.mail.shift();
    free.begin();
    await script.clock.advance(1000);
    for (let n = 2; n <= 6; n++) {
      free.finish();
      free.begin();
    }
    free.finish();
    await free.report();
    stuck.finish(10);
    assert.equal(stuck.begin(), undefined, 'what lay behind it was fetched');
    await stuck.report();
    assert.deepEqual(stuck.begin(), { input: 7 }, 'it comes to the same thread');
    await stuck.exit({ cause: 'crash', error: new Error('boom') });
    assert.equal((runs[6]!.error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    await script.thread(3).ready();
    const ran: unknown[] = [];
    for (let n = 0; n < 20; n++) ran.push(...(await free.work()), ...(await script.thread(3).work()));
    assert.deepEqual(
      ran.sort((a, b) => Number(a) - Number(b)),
      [8, 9, 11, 12, 13],
    );
  });
});

describe('a thread that would not die', () => {
  it('never begins the task whose memory had moved to it, once that has failed', async (t) => {
    // Such a task cannot be taken back, so it was not taken: it failed with its thread, and the thread began it when it went on.
    const script = new Script(t, { threads: 1, terminateTimeout: 50 });
    await script.thread(1).ready();
    const moved = script.watch(script.pool.run('moves', { transferList: [new ArrayBuffer(1)] }));
    await settle();
    await script.clock.advance(300); // It does not look at its mail, and does not end.
    assert.equal((moved.error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    assert.equal(script.thread(1).begin(), undefined);
  });

  it('in another process may still begin what it was handed, so that nobody else runs it who may not', async (t) => {
    // It was given up, and what it had not begun was given to another. It had not heard yet that this was taken back, and began it.
    const script = new Script(t, { threads: 1, idempotent: false, terminateTimeout: 100 });
    script.answers = 'later';
    await script.thread(1).ready();
    const [first, second] = [script.watch(script.pool.run('first', { timeout: 20 })), script.watch(script.pool.run('second'))];
    await settle();
    assert.deepEqual(script.thread(1).begin(), { input: 'first' });
    await script.clock.advance(50);
    assert.equal((first.error as { code?: string }).code, 'ERR_TASK_TIMEOUT');
    await script.clock.advance(200);
    assert.equal((second.error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    script.thread(1).finish();
    assert.deepEqual(script.thread(1).begin(), { input: 'second' });
  });
});

describe('a thread that lives on after a run timeout', () => {
  it('is watched on', async (t) => {
    // Its task ended within its time of grace, while an older result of it had been lost. That thread was not looked at again.
    const script = new Script(t, { threads: 1, timeout: 30, abortGrace: 100, terminateTimeout: 50, retry: false });
    await script.thread(1).ready();
    const lost = script.watch(script.pool.run('lost'));
    const slow = script.watch(script.pool.run('slow'));
    await settle();
    const thread = script.thread(1);
    thread.begin();
    thread.finish('never heard');
    assert.deepEqual(thread.begin(), { input: 'slow' });
    await script.clock.advance(40);
    assert.equal((slow.error as { code?: string }).code, 'ERR_TASK_TIMEOUT');
    thread.finish();
    await script.clock.advance(500);
    assert.notEqual(lost.error, undefined);
    assert.ok(thread.terminated);
  });
});
