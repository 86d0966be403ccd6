import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { settle } from '../../src/faults/virtual-clock.ts';
import type { PoolOptions } from '../../src/index.ts';
import { Script } from '../simulation/world/scripted.ts';
import { lendTime } from '../stories/borrowed-time.ts';

async function open(t: TestContext, options: PoolOptions) {
  const script = new Script(t, { threads: 1, spares: 0, ...options });
  lendTime(t, script);
  const told: [boolean, number][] = [];
  script.pool.on('needsDrain', ({ needed, open: tasks }) => told.push([needed, tasks]));
  await script.thread(1).ready();
  return { script, told };
}

describe('needsDrain', () => {
  it('comes when maxQueue tasks wait, and goes when the threads can take what is left', async (t) => {
    const { script, told } = await open(t, { maxQueue: 3 });
    const runs = [1, 2, 3].map((n) => script.watch(script.pool.run(n)));
    await settle();
    assert.equal(script.pool.needsDrain, false);
    runs.push(script.watch(script.pool.run(4)));
    assert.equal(script.pool.needsDrain, true, 'at once');
    assert.deepEqual(told, [[true, 4]]);
    while (runs.some((run) => !('outcome' in run))) await script.thread(1).work();
    assert.equal(script.pool.needsDrain, false);
    assert.deepEqual(told, [
      [true, 4],
      [false, 1],
    ]);
  });

  it('without maxQueue comes at 256 a thread beyond those that run', async (t) => {
    const { script, told } = await open(t, {});
    for (let n = 0; n < 256; n++) void script.pool.run(n).catch(() => {});
    assert.equal(script.pool.needsDrain, false);
    void script.pool.run(256).catch(() => {});
    assert.deepEqual(told, [[true, 257]]);
    void script.pool.close({ force: true });
    await settle();
    assert.deepEqual(
      told,
      [
        [true, 257],
        [false, 1],
      ],
      'also when they are rejected',
    );
  });

  it('with maxQueue: 0 says whether a thread is free', async (t) => {
    const { script, told } = await open(t, { maxQueue: 0 });
    const run = script.watch(script.pool.run(1));
    await settle();
    assert.equal(script.pool.needsDrain, true);
    await script.thread(1).work();
    assert.ok('outcome' in run);
    assert.deepEqual(told, [
      [true, 1],
      [false, 0],
    ]);
  });

  it('bears a listener that goes on at once, and one that closes the pool', async (t) => {
    const { script, told } = await open(t, { maxQueue: 1 });
    let given = 0;
    const feed = (): void => {
      while (!script.pool.needsDrain && given < 50) void script.pool.run(given++).catch(() => {});
    };
    script.pool.on('needsDrain', ({ needed }) => {
      if (!needed && given < 50) feed();
      else if (!needed) void script.pool.close({ force: true });
    });
    feed();
    await settle();
    for (let turns = 0; given < 50 && turns < 500; turns++) await script.thread(1).work();
    assert.equal(given, 50);
    await script.thread(1).work();
    assert.ok(
      told.every(([needed], i) => needed === (i % 2 === 0)),
      'in turn',
    );
  });
});
