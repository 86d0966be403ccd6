import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TimeoutError } from '../../../src/core/errors.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../world/scripted.ts';

/**
 * Three tasks travel together to the first thread. While it runs the first, the second is aborted, and with it the third is taken back; that is
 * handed over again, behind the first, which ends. Its report has not been looked at.
 */
async function handedOverTwice(script: Script): Promise<Record<'first' | 'last', ReturnType<Script['watch']>>> {
  const thread = script.thread(1);
  await thread.ready();
  script.watch(script.pool.run('warm')); // So short that from now on they travel together.
  await settle();
  await thread.work();
  const controller = new AbortController();
  const [first, , last] = await script.whileBusy([thread], () => [
    script.watch(script.pool.run('first')),
    script.watch(script.pool.run('second', { signal: controller.signal })),
    script.watch(script.pool.run('last')),
  ]);
  assert.deepEqual(thread.mail[0]?.inputs, ['first', 'second', 'last']);
  assert.deepEqual(thread.begin(), { input: 'first' });
  controller.abort();
  await settle();
  assert.deepEqual(thread.mail[1]?.inputs, ['last']);
  thread.finish('first');
  return { first, last };
}

describe('a task that has begun once', () => {
  it('is past its queue timeout, though its thread died under it by the fault of another', async (t) => {
    // It was given back to the queue, at no cost, and there its queue timeout ended it.
    const script = new Script(t, { threads: 1, timeout: { run: 1000, queue: 50 } });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('innocent'));
    await settle();
    script.thread(1).begin();
    await script.thread(1).exit({ blame: { of: 'settled', taskId: 77 } });
    await script.clock.advance(100);
    assert.equal(run.error, undefined, 'it waits for a thread');
    await script.thread(2).ready();
    await script.thread(2).work();
    assert.equal(run.outcome, 'innocent');
  });

  it('is past its queue timeout, though it waits to be retried after its run timeout', async (t) => {
    const retry = { retries: 1, minTimeout: 500, maxTimeout: 500 };
    const script = new Script(t, { threads: 1, timeout: { run: 20, queue: 60 }, retry });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('slow'));
    await settle();
    script.thread(1).begin();
    await script.clock.advance(30);
    assert.ok(script.thread(1).terminated);
    await script.thread(1).exit();
    await script.thread(2).ready();
    await script.clock.advance(200);
    assert.equal((run.error as TimeoutError | undefined)?.phase, undefined, 'no timeout but that of the run has anything to say');
  });

  it('is not refused when its key is quarantined', async (t) => {
    const script = new Script(t, { threads: 1, quarantine: { key: () => 'k', after: 1 }, retry: false });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('innocent'));
    await settle();
    script.thread(1).begin();
    await script.thread(1).exit({ blame: { of: 'settled', taskId: 77 } });
    const guilty = script.watch(script.pool.run('guilty', { priority: 1 }));
    await script.thread(2).ready();
    assert.deepEqual(script.thread(2).begin(), { input: 'guilty' });
    await script.thread(2).exit({ cause: 'crash', error: new Error('boom') });
    assert.equal((guilty.error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    assert.equal(run.error, undefined);
    await script.thread(3).ready();
    await script.thread(3).work();
    assert.equal(run.outcome, 'innocent');
  });

  it('is not refused when its key is quarantined by what its own report says first', async (t) => {
    // Two results came in one report. The first was the ballot that left a vote without hope, for want of a copy that had crashed: that
    // closed the key, and the second task was refused although its result had come.
    const script = new Script(t, { threads: 4, quarantine: { key: () => 'k', after: 1 }, retry: false });
    for (const thread of [1, 2, 3, 4]) await script.thread(thread).ready();
    const warm = [1, 2, 3, 4].map((n) => script.watch(script.pool.run(`warm ${n}`)));
    await settle();
    for (const thread of script.threads) await thread.work(); // So short that from now on two travel together.
    assert.ok(warm.every(({ outcome }) => outcome !== undefined));
    const { vote, others } = await script.whileBusy(script.threads, () => ({
      vote: script.watch(script.pool.run('vote', { redundancy: { replicas: 3, quorum: 3, maxReplicas: 4 } })),
      others: [1, 2, 3, 4].map((n) => script.watch(script.pool.run(`other ${n}`))),
    }));
    assert.deepEqual(
      script.threads.map(({ mail }) => mail[0]?.inputs),
      [['vote', 'other 1'], ['vote', 'other 2'], ['vote'], ['other 3']],
    );
    script.thread(3).begin();
    await script.thread(3).exit({ cause: 'crash', error: new Error('boom') });
    script.thread(1).begin();
    script.thread(1).finish('one result');
    await script.thread(1).report();
    script.thread(2).begin();
    script.thread(2).finish('another');
    script.thread(2).finish(script.thread(2).begin()?.input);
    await script.thread(2).report();
    assert.equal((vote.error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    assert.equal((others[0]!.error as { code?: string }).code, 'ERR_TASK_QUARANTINED', 'it had not begun');
    assert.equal(others[1]!.outcome, 'other 2');
  });

  it('is past its queue timeout, though it was taken back from its thread and handed to it again before that', async (t) => {
    // It was looked for in the bundle out of which it had been taken back: that was not reported in full yet, and there it had not begun.
    const script = new Script(t, { threads: 1, timeout: { run: 1000, queue: 50 } });
    const { first, last } = await handedOverTwice(script);
    assert.deepEqual(script.thread(1).begin(), { input: 'last' });
    await script.clock.advance(100); // The report about the first is still under way.
    assert.equal(last.error, undefined, 'it runs');
    script.thread(1).finish('last');
    await script.thread(1).report();
    assert.deepEqual([first.outcome, last.outcome], ['first', 'last']);
  });

  it('keeps its thread when another of its key passes its queue timeout, though it was taken back and handed over again', async (t) => {
    const script = new Script(t, { threads: 1, quarantine: { key: (task) => String(task)[0]!, after: 1 } });
    const { last } = await handedOverTwice(script);
    assert.deepEqual(script.thread(1).begin(), { input: 'last' });
    const late = script.watch(script.pool.run('late', { timeout: { queue: 50 } }));
    const later = script.watch(script.pool.run('later'));
    await script.clock.advance(100);
    assert.equal((late.error as TimeoutError).phase, 'queue', 'which says nothing about the key');
    assert.equal(later.error, undefined, 'it waits');
    assert.equal(last.error, undefined, 'it runs');
    script.thread(1).finish('last');
    await script.thread(1).report();
    assert.equal(last.outcome, 'last');
  });
});

describe('a task that has not begun', () => {
  it('is held to its queue timeout, though a copy of it has failed because its input cannot be cloned', async (t) => {
    // That copy had ended, and was taken for one that had begun. The others waited for threads long after the time was over.
    const script = new Script(t, { threads: 1, timeout: { run: 1000, queue: 50 }, retry: false });
    await script.thread(1).ready();
    script.watch(script.pool.run('runs'));
    await settle();
    script.thread(1).begin();
    const run = script.watch(script.pool.run(() => {}, { redundancy: { replicas: 3, quorum: 2 } }));
    script.watch(script.pool.run('behind'));
    await settle();
    assert.equal(script.thread(1).mail.length, 2, 'whatever else there is waits');
    await script.clock.advance(100);
    assert.equal((run.error as TimeoutError).phase, 'queue');
  });
});

describe('a task that may be started only once', () => {
  it('is not fetched from another thread because its result is a moment late', async (t) => {
    // Its result lay in the mail. An idle thread was looking for work, and ran it a second time.
    const script = new Script(t, { threads: 2, idempotent: false });
    await script.thread(1).ready();
    await script.thread(2).ready();
    const once = script.watch(script.pool.run('once'));
    const other = script.watch(script.pool.run('other'));
    await settle();
    script.thread(1).begin();
    script.thread(2).begin();
    const behind = script.watch(script.pool.run('behind'));
    await settle();
    const holder = script.threads.find((thread) => thread.mail.length === 2)!;
    const free = script.threads.find((thread) => thread !== holder)!;
    holder.finish('the result');
    await holder.report({ arrive: false });
    holder.begin();
    await script.clock.advance(100);
    free.finish('other');
    await free.report();
    await script.clock.advance(100);
    assert.deepEqual(free.begin(), undefined, 'nobody runs it again');
    holder.poll(); // It arrives.
    await settle();
    assert.deepEqual([once.outcome, other.outcome].sort(), ['other', 'the result']);
    assert.equal(behind.error, undefined);
  });
});
