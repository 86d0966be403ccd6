import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';
import { codeOf } from '../outcomes.ts';
import { Source, scriptOf, serve, takeAll } from './mapped.ts';

describe('a map', () => {
  it('gives results in the order of the source, whichever come first', async (t) => {
    const script = await scriptOf(t, 2);
    const taken = takeAll(script.pool.map([1, 2]));
    await settle();
    await script.thread(2).work();
    assert.deepEqual(taken.values, [], 'the second is there; the first is not');
    await script.thread(1).work();
    assert.deepEqual(taken, { values: [1, 2], ended: true });
  });

  it('gives them as they come if no order is asked for', async (t) => {
    const script = await scriptOf(t, 2);
    const taken = takeAll(script.pool.map([1, 2], { ordered: false }));
    await settle();
    await script.thread(2).work();
    assert.deepEqual(taken.values, [2]);
    await script.thread(1).work();
    assert.deepEqual(taken, { values: [2, 1], ended: true });
  });

  it('is lazy: nothing is pulled before somebody asks, and never more than the window', async (t) => {
    const script = await scriptOf(t);
    const source = new Source();
    const results = script.pool.map(source, { window: 4 });
    await settle();
    assert.equal(source.pulled, 0);
    for (let taken = 0; taken < 50; taken++) {
      const next = script.watch(results.next());
      await serve(script);
      assert.deepEqual(next.outcome, { value: taken, done: false });
      assert.ok(source.pulled <= taken + 1 + 4, `${taken + 1} taken, ${source.pulled} pulled`);
    }
    await serve(script);
    assert.ok(source.pulled <= 54, 'a consumer that rests lets the source rest');
  });

  it('takes an asynchronous source, one item at a time', async (t) => {
    const script = await scriptOf(t);
    let asked = 0;
    let atOnce = 0;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          assert.equal(++atOnce, 1);
          await settle();
          atOnce--;
          return ++asked <= 5 ? { value: asked, done: false as const } : { value: undefined, done: true as const };
        },
      }),
    };
    const taken = takeAll(script.pool.map(source as AsyncIterable<number>));
    for (let turns = 0; turns < 10; turns++) await serve(script);
    assert.deepEqual(taken, { values: [1, 2, 3, 4, 5], ended: true });
  });

  it('stops when its consumer leaves: the source is closed, what waits never runs, what runs is ended', async (t) => {
    const script = await scriptOf(t);
    const source = new Source();
    const results = script.pool.map(source, { window: 8 });
    const first = script.watch(results.next());
    await settle();
    const thread = script.thread(1);
    thread.begin();
    thread.finish('first');
    await thread.report();
    assert.deepEqual(first.outcome, { value: 'first', done: false });
    assert.notEqual(thread.begin(), undefined, 'the next one runs');
    const gone = script.watch(results.return!());
    await settle();
    assert.deepEqual(gone.outcome, { value: undefined, done: true });
    assert.deepEqual([source.closed, thread.terminated], [1, true]);
    assert.equal(thread.begin(), undefined, 'nothing that waited is begun');
    const { open, queued, rejected } = script.pool.stats();
    assert.deepEqual({ open, queued, rejected }, { open: 0, queued: 0, rejected: source.pulled - 1 });
    assert.deepEqual(await results.next(), { value: undefined, done: true });
  });

  it('ends with the first failure, in its place, and cancels the rest', async (t) => {
    const script = await scriptOf(t);
    const source = new Source();
    const taken = takeAll(script.pool.map(source, { window: 3 }));
    await settle();
    const thread = script.thread(1);
    thread.begin();
    thread.finish('good');
    await thread.report();
    thread.begin();
    thread.fail(new RangeError('on purpose'));
    await thread.report();
    await settle();
    assert.deepEqual(taken.values, ['good']);
    assert.equal((taken.error as Error).message, 'on purpose');
    assert.deepEqual([source.closed, script.pool.stats().open], [1, 0]);
  });

  it('ends with the error of its source, after the results of what came before it', async (t) => {
    const script = await scriptOf(t);
    function* source(): Generator<number> {
      yield* [1, 2, 3];
      throw new SyntaxError('the source is dry');
    }
    const taken = takeAll(script.pool.map(source()));
    await serve(script);
    assert.deepEqual(taken.values, [1, 2, 3]);
    assert.equal((taken.error as Error).message, 'the source is dry');
  });

  it('is ended by its signal, with the reason; whoever waits for a result hears it', async (t) => {
    const script = await scriptOf(t);
    const source = new Source();
    const controller = new AbortController();
    const taken = takeAll(script.pool.map(source, { window: 4, signal: controller.signal }));
    await settle();
    script.thread(1).begin();
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await settle();
    assert.equal(codeOf({ error: taken.error }), 'ERR_TASK_ABORTED');
    assert.equal((taken.error as Error).cause, reason);
    assert.deepEqual([source.closed, script.pool.stats().open, script.thread(1).terminated], [1, 0, true]);
  });

  it('does not begin with a signal that was aborted before', async (t) => {
    const script = await scriptOf(t);
    const source = new Source();
    const taken = takeAll(script.pool.map(source, { signal: AbortSignal.abort() }));
    await settle();
    assert.equal(codeOf({ error: taken.error }), 'ERR_TASK_ABORTED');
    assert.equal(source.pulled, 0);
  });

  it('is not refused by a full queue, for its window bounds it', async (t) => {
    const script = new Script(t, { threads: 1, maxQueue: 1 });
    await script.thread(1).ready();
    const taken = takeAll(script.pool.map(new Source(20), { window: 10 }));
    await serve(script);
    assert.deepEqual([taken.values.length, taken.error, taken.ended], [20, undefined, true]);
  });

  it('over nothing is over at once, and says so as often as it is asked', async (t) => {
    const script = await scriptOf(t);
    const results = script.pool.map([]);
    for (let i = 0; i < 3; i++) assert.deepEqual(await results.next(), { value: undefined, done: true });
  });

  it('whose pool is closed gently comes to its end for what was pulled; the next item is refused', async (t) => {
    const script = await scriptOf(t);
    const taken = takeAll(script.pool.map(new Source(), { window: 3 }));
    await settle();
    script.watch(script.pool.close());
    await serve(script);
    assert.deepEqual(taken.values, [0, 1, 2]);
    assert.equal(codeOf({ error: taken.error }), 'ERR_POOL_CLOSED');
  });
});
