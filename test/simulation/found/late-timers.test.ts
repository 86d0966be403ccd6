import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { encodeError } from '../../../src/core/wire/codec.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import type { RunOptions } from '../../../src/options/types.ts';
import { Script } from '../world/scripted.ts';

describe('an orphan', () => {
  it('is made only when its results have been taken in', async (t) => {
    // The result of a task that may be started only once lay in the mail, and its thread was given up without a look at it.
    const script = new Script(t, { threads: 1, terminateTimeout: 5 });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('once', { transferList: [new ArrayBuffer(1)] }));
    await settle();
    const thread = script.thread(1);
    while (!thread.terminated) await script.clock.advance(1);
    thread.begin();
    thread.finish('in the mail');
    await thread.report({ arrive: false });
    await script.clock.advance(20);
    assert.equal(run.outcome, 'in the mail');
  });
});

describe('a total timeout that looks before it strikes', () => {
  it('gives way to the error that it finds', async (t) => {
    // The error was there, and taken in; whether to retry was decided a moment later. In that moment the task failed with a time-out.
    const script = new Script(t, { threads: 1, timeout: { total: 50 } });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('throws'));
    await settle();
    const thread = script.thread(1);
    thread.begin();
    const report = (): void => thread.events.done(1, 0, [undefined], [0, 0], [[0, 'error', encodeError(new RangeError('its own'))]]);
    thread.finish();
    thread.poll = () => {
      thread.poll = () => {};
      report();
    };
    await script.clock.advance(60);
    assert.equal((run.error as Error).message, 'its own');
  });

  it('gives way to the error of a retry that it finds', async (t) => {
    // The last word of a task that had been retried went through p-retry, which takes a moment: it failed with a time-out.
    const script = new Script(t, { threads: 1, timeout: { total: 50 }, retry: { retries: 1, minTimeout: 0, on: ['error'] } });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('throws twice'));
    await settle();
    const thread = script.thread(1);
    for (const [message, arrive] of [
      ['first', true],
      ['its last word', false],
    ] as const) {
      assert.deepEqual(thread.begin(), { input: 'throws twice' });
      thread.fail(new RangeError(message));
      await thread.report({ arrive });
      if (arrive) await script.clock.advance(1);
    }
    await script.clock.advance(60);
    assert.equal((run.error as Error).message, 'its last word');
  });
});

/** A task whose result its thread cannot report, because it is busy with the next one. Another thread is busy, too. */
async function untold(t: TestContext, lastOptions?: RunOptions) {
  const script = new Script(t, { threads: 2, timeout: { run: 1000, total: 50 } });
  await script.thread(1).ready();
  await script.thread(2).ready();
  const warm = [script.watch(script.pool.run('warm 1')), script.watch(script.pool.run('warm 2'))];
  await settle();
  for (const thread of script.threads) await thread.work(); // So short that from now on two travel together.
  assert.deepEqual(
    warm.map(({ outcome }) => outcome),
    ['warm 1', 'warm 2'],
  );
  const [busy, holder] = [script.thread(1), script.thread(2)];
  script.watch(script.pool.run('long'));
  await settle();
  assert.deepEqual(busy.begin(), { input: 'long' });
  const [, , , held] = await script.whileBusy([holder], () => {
    const seen = ['more', 'and more', 'still more', 'held', 'also long'].map((input) => script.watch(script.pool.run(input)));
    script.watch(script.pool.run('last', lastOptions));
    return seen;
  });
  assert.deepEqual(holder.mail[0]?.inputs, ['held', 'also long']);
  assert.deepEqual(holder.begin(), { input: 'held' });
  holder.finish('its result');
  assert.deepEqual(holder.begin(), { input: 'also long' });
  await script.clock.advance(30);
  return { script, busy, holder, held: held! };
}

/** Such a task waits to be run again. */
async function heldBack(t: TestContext) {
  const stage = await untold(t);
  stage.script.watch(stage.script.pool.run('one more')); // A new task makes the pool look after those that are stuck.
  await settle();
  assert.equal(stage.held.outcome, undefined);
  return stage;
}

describe('a result that a thread holds back, for it is busy with the next task', () => {
  it('is taken although the task waits to be run again', async (t) => {
    // It was to be run again elsewhere, and waited for a thread. Its result came, and was refused as late; so was the task, by its total timeout.
    const { holder, held } = await heldBack(t);
    holder.finish('also long');
    await holder.report();
    assert.equal(held.outcome, 'its result');
  });

  it('is taken before another thread is given the task, whose time is over', async (t) => {
    // All threads were asked for what had arrived, one by one. The first one was done, and was given the task at once: it failed with a time-out.
    const { script, busy, holder, held } = await heldBack(t);
    busy.finish('long');
    while (busy.begin() !== undefined) busy.finish();
    await busy.report({ arrive: false });
    holder.finish('also long');
    await holder.report({ arrive: false });
    await script.clock.advance(30);
    assert.equal(held.outcome, 'its result');
  });

  it('is taken when another thread asks for work, and the time of the task is over', async (t) => {
    // The main loop had been busy for 30 ms: the other thread's report was taken in first, and before any timer.
    const { script, busy, holder, held } = await heldBack(t);
    busy.finish('long');
    while (busy.begin() !== undefined) busy.finish();
    holder.finish('also long');
    await holder.report({ arrive: false });
    const now = script.clock.now.bind(script.clock);
    script.clock.now = () => now() + 30;
    await busy.report();
    assert.equal(held.outcome, 'its result');
  });
});

describe('what has arrived', () => {
  it('is not taken in while a task settles, of which another copy waits', async (t) => {
    // Whoever hears of the end submits a task, which is handed over at once. What was taken for that had ended: so all threads were asked for what
    // had arrived, and the result of the third copy was counted for a task that was about to fail.
    const script = new Script(t, { threads: 2, redundancy: { replicas: 3, quorum: 3, maxReplicas: 3 }, retry: false });
    const [one, two] = [script.thread(1), script.thread(2)];
    await one.ready();
    await two.ready();
    const vote = script.watch(script.pool.run('vote'));
    await settle();
    assert.deepEqual([one.begin(), two.begin()], [{ input: 'vote' }, { input: 'vote' }]);
    one.finish('vote');
    await one.report({ arrive: false });
    let asked = 0;
    const poll = one.poll.bind(one);
    one.poll = () => {
      asked++;
      poll();
    };
    let heard = -1;
    script.pool.once('drain', () => {
      script.watch(script.pool.run('next'));
      heard = asked;
    });
    two.fail(new RangeError('its own'));
    await two.report();
    assert.ok(vote.error);
    assert.equal(heard, 0);
  });
});

describe('what a thread holds back', () => {
  it('is not asked for while the report of another one is being taken in', async (t) => {
    // The other thread had room for more, and looked at once for what it could take over.
    const { busy, holder, held } = await untold(t);
    await holder.report({ arrive: false });
    const asked: ('within' | 'after')[] = [];
    let at: 'within' | 'after' = 'within';
    const poll = holder.poll.bind(holder);
    holder.poll = () => {
      asked.push(at);
      poll();
    };
    busy.finish('long');
    const reported = busy.report();
    at = 'after'; // Whatever is planned comes in a turn of its own.
    await reported;
    assert.deepEqual(asked, ['after']);
    assert.equal(held.outcome, 'its result');
  });

  it('is taken over by a thread that reports, in the turn that follows', async (t) => {
    const last = new AbortController();
    const { busy } = await untold(t, { signal: last.signal });
    last.abort(); // Nothing else can be taken over.
    await settle();
    busy.finish('long');
    assert.deepEqual(busy.begin(), { input: 'more' });
    await busy.report();
    assert.deepEqual(
      busy.mail.map(({ inputs }) => inputs),
      [['more', 'and more', 'still more'], ['held']],
    );
  });
});
