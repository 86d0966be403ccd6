import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attemptsOf } from '../../../src/core/errors.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../world/scripted.ts';

const codeOf = (error: unknown): unknown => (error as { code?: string } | undefined)?.code;

describe('a neighbour', () => {
  it('that another thread may not run keeps no third from being taken over', async (t) => {
    // While something waited that was not for the idle thread, it looked no more at what lay behind a thread that stood still.
    const script = new Script(t, { threads: 2, spares: 1 }); // The spare does not come: it would fit anything.
    const [stands, works] = [script.thread(1), script.thread(2)];
    for (const thread of [stands, works]) await thread.ready();
    const third = script.watch(script.pool.run('third'));
    await settle();
    await script.clock.advance(5);
    script.watch(script.pool.run('copied', { redundancy: 3 }));
    await settle();
    assert.deepEqual(await works.work(), ['copied']);
    for (let ms = 0; ms < 50; ms += 2) await script.clock.advance(2);
    assert.deepEqual(await works.work(), ['third']);
    await settle();
    assert.equal(third.outcome, 'third');
  });

  it('that uses up the memory does so alone', async (t) => {
    // A task that may be started only once had ended, its result was lost with the thread, and it was rejected as out of memory.
    const script = new Script(t, { threads: 1, idempotent: false });
    await script.thread(1).ready();
    const [modest, greedy] = [script.watch(script.pool.run('modest')), script.watch(script.pool.run('greedy'))];
    await settle();
    const thread = script.thread(1);
    assert.deepEqual(thread.begin(), { input: 'modest' });
    thread.finish('lost');
    assert.deepEqual(thread.begin(), { input: 'greedy' });
    await thread.exit({ cause: 'oom' });
    assert.equal(codeOf(greedy.error), 'ERR_WORKER_OUT_OF_MEMORY');
    assert.equal(codeOf(modest.error), 'ERR_WORKER_CRASHED');
    assert.deepEqual(
      attemptsOf(modest.error).map(({ kind }) => kind),
      ['crash'],
    );
  });

  it('whose result had not been told of yet may have filled the heap, too', async (t) => {
    // Only what the pool had heard of counted as a neighbour: a task that ran behind it in one bundle paid for its memory.
    const script = new Script(t, { threads: 1, spares: 1, retry: false });
    await script.thread(1).ready();
    await script.thread(2).ready();
    const { first, innocent } = await script.whileBusy([script.thread(1)], () => ({
      first: script.watch(script.pool.run('first')),
      innocent: script.watch(script.pool.run('innocent')),
    }));
    await script.thread(1).exit({ cause: 'exit' }); // So that no known thread has served a task.
    const thread = script.thread(2);
    thread.begin();
    thread.finish('untold');
    assert.ok(thread.begin() !== undefined);
    await thread.exit({ cause: 'oom' });
    assert.deepEqual([first.error, innocent.error], [undefined, undefined], 'both run again');
  });

  it('that dies with it and closes their key does not make it one that was never begun', async (t) => {
    // Both were on the thread. The first failed with it and closed the key, and the one that had killed the thread was refused for that.
    const script = new Script(t, { threads: 1, idempotent: false, quarantine: { key: () => 'k', after: 1 } });
    await script.thread(1).ready();
    const [first, killer] = [script.watch(script.pool.run('first')), script.watch(script.pool.run('killer'))];
    await settle();
    const thread = script.thread(1);
    thread.begin();
    thread.finish('lost');
    assert.deepEqual(thread.begin(), { input: 'killer' });
    await thread.exit({ cause: 'exit' });
    assert.equal(codeOf(first.error), 'ERR_WORKER_CRASHED');
    assert.equal(codeOf(killer.error), 'ERR_WORKER_CRASHED');
  });

  it('with a short run timeout does not shorten that of a task whose result is slow to be sent', async (t) => {
    // The thread hung over the result of the first. What it was given for that was the limit of the second, which lay behind.
    const script = new Script(t, { threads: 1, terminateTimeout: 5, retry: false });
    await script.thread(1).ready();
    const slow = script.watch(script.pool.run('slow', { timeout: 1000 }));
    await settle();
    const thread = script.thread(1);
    thread.begin();
    thread.finish('a large result');
    script.watch(script.pool.run('short', { timeout: 30 }));
    await settle();
    await script.clock.advance(500);
    assert.equal(slow.error, undefined);
    await script.clock.advance(1000);
    assert.equal(codeOf(slow.error), 'ERR_TASK_TIMEOUT');
  });
});

describe('a copy that is needed no longer', () => {
  it('is stopped when its run timeout has passed, though nobody needs its thread', async (t) => {
    // It was left to run as long as no task waited. One that never ends kept its thread, and its pool was never whole again.
    const script = new Script(t, { threads: 3, redundancy: { replicas: 3, quorum: 2 }, timeout: 200 });
    for (const n of [1, 2, 3]) await script.thread(n).ready();
    const run = script.watch(script.pool.run('endless in one copy'));
    await settle();
    for (const n of [1, 2, 3]) script.thread(n).begin();
    for (const n of [1, 2]) {
      script.thread(n).finish('answer');
      await script.thread(n).report();
    }
    assert.equal(run.outcome, 'answer');
    await script.clock.advance(150);
    assert.equal(script.thread(3).terminated, false, 'it may run on');
    await script.clock.advance(100);
    assert.equal(script.thread(3).terminated, true);
  });

  it('is not begun where others of it have killed their threads, or hung there', async (t) => {
    // It travelled with others, and what travels together is short and was left to run. So a task that two time-outs had ended was started once
    // more after that, where its neighbours were, and a third thread was lost to it.
    for (const kind of ['crash', 'timeout']) {
      const script = new Script(t, { threads: 3, retry: false, timeout: 20 });
      for (const thread of [1, 2, 3]) await script.thread(thread).ready();
      for (let i = 0; i < 3; i++) script.watch(script.pool.run(`warm ${i}`));
      await settle();
      for (const thread of script.threads) await thread.work(); // So short that from now on some travel together.
      const { bad, others } = await script.whileBusy(script.threads, () => ({
        bad: script.watch(script.pool.run('bad', { redundancy: { replicas: 3, quorum: 3, maxReplicas: 4 } })),
        others: [1, 2, 3, 4, 5, 6].map((n) => script.watch(script.pool.run(`other ${n}`))),
      }));
      const last = script.thread(3);
      assert.deepEqual(last.mail[0]?.inputs, ['bad', 'other 4']);
      for (const thread of [1, 2]) {
        assert.deepEqual(script.thread(thread).begin(), { input: 'bad' });
        if (kind === 'crash') await script.thread(thread).exit({ cause: 'crash', error: new Error('boom') });
      }
      if (kind === 'timeout') await script.clock.advance(30);
      assert.equal(codeOf(bad.error), kind === 'crash' ? 'ERR_WORKER_CRASHED' : 'ERR_TASK_TIMEOUT');
      assert.ok(!(await last.work()).includes('bad'), `after a ${kind}`);
      while ((await last.work()).length > 0);
      assert.ok(others.every(({ outcome }) => outcome !== undefined));
    }
  });
});
