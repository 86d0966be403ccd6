import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';
import { codeOf } from '../outcomes.ts';

/** A pool of one thread that is at work, so that whatever comes has to wait. */
async function occupied(script: Script): Promise<void> {
  await script.thread(1).ready();
  script.watch(script.pool.run('in the way'));
  await settle();
  script.thread(1).begin();
  script.watch(script.pool.run('behind it')); // It lies ready on the thread already.
  await settle();
}

/** Ends what was in the way, and tells in which order the rest runs. */
async function served(script: Script): Promise<unknown[]> {
  const thread = script.thread(1);
  thread.finish();
  await thread.report();
  const order: unknown[] = [];
  for (let done = await thread.work(); done.length > 0; done = await thread.work()) order.push(...done);
  return order;
}

describe('what waits', () => {
  it('is served first in, first out', async (t) => {
    const script = new Script(t, { threads: 1 });
    await occupied(script);
    const inputs = Array.from({ length: 500 }, (_, n) => n);
    for (const n of inputs) script.watch(script.pool.run(n));
    assert.deepEqual(await served(script), ['behind it', ...inputs]);
  });

  it('is served by priority, and first in, first out within one', async (t) => {
    const script = new Script(t, { threads: 1 });
    await occupied(script);
    const given = [0, 5, -5, 0, 5, 1, -5, 0].map((priority, n) => ({ priority, n }));
    for (const one of given) script.watch(script.pool.run(one, one.priority === 0 ? {} : { priority: one.priority }));
    const expected = [1, 4, 5, 0, 3, 7, 2, 6].map((n) => given[n]);
    assert.deepEqual(await served(script), ['behind it', ...expected]);
  });

  it('keeps its place when the thread that it lay on dies', async (t) => {
    const script = new Script(t, { threads: 1, spares: 1, retry: false });
    await occupied(script);
    for (const n of [1, 2, 3]) script.watch(script.pool.run(n));
    await script.thread(2).ready();
    await script.thread(1).exit({ cause: 'crash' });
    const order: unknown[] = [];
    for (let done = await script.thread(2).work(); done.length > 0; done = await script.thread(2).work()) order.push(...done);
    assert.deepEqual(order, ['behind it', 1, 2, 3]);
  });
});

describe('a full queue', () => {
  it('refuses what comes beyond it, which provably never runs, and takes more when there is room again', async (t) => {
    const script = new Script(t, { threads: 1, maxQueue: 2 });
    await script.thread(1).ready();
    const running = script.watch(script.pool.run('running'));
    await settle();
    script.thread(1).begin();
    const waiting = ['first', 'second'].map((name) => script.watch(script.pool.run(name)));
    const refused = [1, 2, 3].map((n) => script.watch(script.pool.run(`refused ${n}`, { priority: 9 })));
    await settle();
    assert.deepEqual(refused.map(codeOf), ['ERR_QUEUE_FULL', 'ERR_QUEUE_FULL', 'ERR_QUEUE_FULL']);
    assert.equal(script.pool.stats().accepted, 3);
    assert.deepEqual(await served(script), ['first', 'second']);
    const late = script.watch(script.pool.run('late'));
    await settle();
    await script.thread(1).work();
    assert.deepEqual(
      [running, ...waiting, late].map((run) => 'outcome' in run),
      [true, true, true, true],
    );
    const everything = script.threads.flatMap(({ attempts }) => attempts.map(({ task }) => task.id));
    assert.deepEqual(everything, [1, 2, 3, 4], 'no refused task was handed to any thread');
  });

  it('counts what waits beyond what the slots can take, before any thread is ready and while one is replaced', async (t) => {
    const script = new Script(t, { threads: 2, maxQueue: 2, retry: false });
    const early = [1, 2, 3, 4, 5].map((n) => script.watch(script.pool.run(n)));
    await settle();
    assert.deepEqual(early.map(codeOf), [undefined, undefined, undefined, undefined, 'ERR_QUEUE_FULL']);
    for (const n of [1, 2]) await script.thread(n).ready();
    for (const n of [1, 2]) await script.thread(n).work();
    for (const n of [1, 2]) await script.thread(n).work();
    assert.deepEqual(
      early.slice(0, 4).map(({ outcome }) => outcome),
      [1, 2, 3, 4],
    );
    await script.thread(1).exit({ cause: 'crash' });
    const late = ['a', 'b', 'c', 'd', 'e'].map((name) => script.watch(script.pool.run(name)));
    await settle();
    assert.deepEqual(late.map(codeOf), [undefined, undefined, undefined, undefined, 'ERR_QUEUE_FULL']);
  });

  it('of length 0 takes what a slot takes at once, and nothing else', async (t) => {
    const script = new Script(t, { threads: 2, maxQueue: 0 });
    const early = ['before', 'any thread', 'is ready'].map((name) => script.watch(script.pool.run(name)));
    await settle();
    assert.deepEqual(early.map(codeOf), [undefined, undefined, 'ERR_QUEUE_FULL']);
    for (const n of [1, 2]) await script.thread(n).ready();
    for (const n of [1, 2]) await script.thread(n).work();
    // Each in a turn of its own: what was handed over and has not begun has its slot.
    const apart = script.watch(script.pool.run('one'));
    await settle();
    const beside = script.watch(script.pool.run('another'));
    await settle();
    assert.deepEqual([apart, beside].map(codeOf), [undefined, undefined]);
    for (const n of [1, 2]) await script.thread(n).work();
    const runs = ['a', 'b', 'c'].map((name) => script.watch(script.pool.run(name)));
    await settle();
    assert.deepEqual(runs.map(codeOf), [undefined, undefined, 'ERR_QUEUE_FULL']);
    for (const n of [1, 2]) await script.thread(n).work();
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      ['a', 'b', undefined],
    );
  });
});
