import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { codeOf } from '../outcomes.ts';
import { scriptOf, serve, takeAll } from './mapped.ts';

describe('mapSettled', () => {
  it('gives an outcome for every item and throws for none', async (t) => {
    const script = await scriptOf(t);
    const taken = takeAll(script.pool.mapSettled(['good', 'bad', 'deadly', () => 'cannot be cloned', 'good']));
    let thread = script.thread(1);
    for (let turns = 0; turns < 20 && taken.ended === undefined; turns++) {
      await settle();
      const item = thread.begin();
      if (item?.input === 'deadly') {
        await thread.exit({ cause: 'crash' });
        thread = script.thread(2);
        await thread.ready();
      } else if (item !== undefined) {
        if (item.input === 'bad') thread.fail(new RangeError('on purpose'));
        else thread.finish(item.input);
        await thread.report();
      }
    }
    const outcomes = taken.values.map((one) => {
      const { index, status, value, reason } = one as { index: number; status: string; value?: unknown; reason?: unknown };
      return [index, status, value ?? codeOf({ error: reason }) ?? (reason as Error).message];
    });
    assert.deepEqual(outcomes, [
      [0, 'fulfilled', 'good'],
      [1, 'rejected', 'on purpose'],
      [2, 'rejected', 'ERR_WORKER_CRASHED'],
      [3, 'rejected', 'ERR_TASK_NOT_CLONEABLE'],
      [4, 'fulfilled', 'good'],
    ]);
  });

  it('tells which item an outcome is of when they come as they come', async (t) => {
    const script = await scriptOf(t, 2);
    const taken = takeAll(script.pool.mapSettled(['a', 'b'], { ordered: false }));
    await settle();
    await script.thread(2).work();
    await script.thread(1).work();
    assert.deepEqual(taken.values, [
      { index: 1, status: 'fulfilled', value: 'b' },
      { index: 0, status: 'fulfilled', value: 'a' },
    ]);
  });

  it('gives what is there already without a promise, and pulls on', async (t) => {
    const script = await scriptOf(t);
    const outcomes = script.pool.mapSettled(['a', () => 'cannot be cloned', 'c', 'd'], { window: 3 });
    assert.equal(outcomes.poll(), undefined);
    const first = outcomes.next();
    assert.equal(outcomes.poll(), undefined, 'somebody waits for the next one');
    await serve(script);
    assert.deepEqual(await first, { done: false, value: { index: 0, status: 'fulfilled', value: 'a' } });
    const second = outcomes.poll();
    assert.deepEqual([second?.index, second?.status], [1, 'rejected']);
    assert.deepEqual(outcomes.poll(), { index: 2, status: 'fulfilled', value: 'c' });
    assert.equal(outcomes.poll(), undefined);
    await serve(script);
    assert.deepEqual(outcomes.poll(), { index: 3, status: 'fulfilled', value: 'd' });
    assert.equal(outcomes.poll(), undefined);
    assert.deepEqual(await outcomes.next(), { done: true, value: undefined });
    assert.equal(outcomes.poll(), undefined);
  });

  it('still ends with the error of its source', async (t) => {
    const script = await scriptOf(t);
    function* source(): Generator<number> {
      yield 1;
      throw new SyntaxError('the source is dry');
    }
    const taken = takeAll(script.pool.mapSettled(source()));
    await serve(script);
    assert.deepEqual([taken.values.length, (taken.error as Error).message], [1, 'the source is dry']);
  });
});
