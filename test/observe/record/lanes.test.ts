import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ThreadNow, Work } from '../../../src/index.ts';
import type { Block } from '../../../src/observe/frames.ts';
import { Bounded, halveBlocks, halvePoints } from '../../../src/observe/record/history.ts';
import { Lanes } from '../../../src/observe/record/lanes.ts';
import { RecentTimes } from '../../../src/observe/record/quantiles.ts';
import { Takeovers } from '../../../src/observe/record/takeovers.ts';

/** Attempts of `each` milliseconds, one after another. */
function work(from: number, each: number, count = 1, more: Partial<Work> = {}): Work {
  const times = Array.from({ length: count + 1 }, (_, i) => from + i * each);
  return {
    slot: 0,
    generation: 1,
    taskId: 1,
    name: 'default',
    attempt: 1,
    replica: 0,
    waited: 0,
    odd: [],
    further: undefined,
    times,
    ...more,
  };
}

const counts = (blocks: readonly Block[]): number[] => blocks.map((block) => block[4]);

describe('lanes', () => {
  it('draw what the pool has gathered as one block, with all its attempts and the time that they ran', () => {
    const lanes = new Lanes();
    lanes.worked(work(0, 0.01, 100, { further: { count: 900, busy: 4, until: 8 } }));
    const [block] = lanes.take();
    const [, , from, until, count, failed, kind, busy] = block!;
    assert.deepEqual([from, until, count, failed, kind, busy], [0, 8, 1_000, 0, 'ok', 5]);
  });

  it('draw each attempt that is long enough to be seen', () => {
    const lanes = new Lanes();
    lanes.worked(work(0, 10));
    lanes.worked(work(10, 10));
    lanes.worked(work(30, 10, 3, { odd: [[1, 'error']] }));
    const blocks = lanes.take();
    assert.deepEqual(
      blocks.map(([, , from, until, count, failed, kind]) => [from, until, count, failed, kind]),
      [
        [0, 10, 1, 0, 'ok'],
        [10, 20, 1, 0, 'ok'],
        [30, 40, 1, 0, 'ok'],
        [40, 50, 1, 1, 'error'],
        [50, 60, 1, 0, 'ok'],
      ],
    );
  });

  it('draw neighbours as one that are shorter than a pixel, with what they come to', () => {
    const lanes = new Lanes();
    for (let i = 0; i < 4; i++) lanes.worked(work(i * 2, 0.01, 150));
    lanes.worked(work(50, 0.01, 7));
    const [one, other] = lanes.take();
    assert.deepEqual([one![4], one![2], one![3], Math.round(one![7])], [600, 0, 7.5, 6]);
    assert.equal(other![4], 7, 'where nobody worked for longer there is a gap');
  });

  it('lose no attempt in a flood, and make few blocks of it', () => {
    const lanes = new Lanes();
    let seen = 0;
    let most = 0;
    for (let tick = 0; tick < 20; tick++) {
      for (let i = 0; i < 4_000; i++)
        lanes.worked(work(tick * 250 + (i % 40) * 6, 5, 1, { slot: Math.floor(i / 40), ...(i % 3 === 0 && { odd: [[0, 'error']] }) }));
      const blocks = lanes.take();
      seen += counts(blocks).reduce((sum, count) => sum + count, 0);
      if (tick > 10) most = Math.max(most, blocks.length);
    }
    assert.equal(seen, 80_000);
    assert.ok(most <= 800, `${most} blocks a tick`);
    for (let i = 0; i < 12; i++) lanes.take();
    assert.equal(lanes.resolution, 1, 'when it is over, all is drawn again');
  });

  it('make no more blocks of a lane than there are pixels for it', () => {
    const lanes = new Lanes();
    let most = 0;
    for (let tick = 0; tick < 20; tick++) {
      for (let i = 0; i < 200; i++) lanes.worked(work(tick * 250 + i * 1.25, 0.01, 100));
      const blocks = lanes.take();
      if (tick > 10) most = Math.max(most, blocks.length);
    }
    assert.ok(most <= 64, `${most} blocks a tick`);
  });

  it('never hide a death', () => {
    const lanes = new Lanes();
    lanes.worked(work(0, 0.01, 100));
    lanes.lost({ slot: 0, generation: 1, taskId: 9, name: 'x', attempt: 2, replica: 0, startedAt: 1, endedAt: 1.2, reason: 'oom' });
    assert.deepEqual(
      lanes.take().map((block) => block[6]),
      ['ok', 'oom'],
    );
    const deaths = Array.from({ length: 40 }, (_, i): Block => [0, i, i, i + 1, 1, 1, 'crash', 1, i, 'x', 1, 0]);
    assert.equal(halveBlocks(deaths).filter((block) => block[6] === 'crash').length, 30, 'of what cannot be joined, the oldest go');
  });
});

describe('history', () => {
  it('is bounded: the oldest go, or two become one', () => {
    const recent = new Bounded<number>(100);
    for (let i = 0; i < 1_000; i++) recent.add(i);
    assert.ok(recent.items.length <= 100 && recent.items.at(-1) === 999);
    const whole = new Bounded<Block>(100, halveBlocks);
    for (let i = 0; i < 10_000; i++) whole.add([0, 1, i, i + 1, 1, 0, 'ok', 1, i, 'x', 1, 0]);
    assert.ok(whole.items.length <= 100);
    assert.equal(
      counts(whole.items).reduce((sum, count) => sum + count, 0),
      10_000,
    );
    assert.deepEqual([whole.items[0]![2], whole.items.at(-1)![3]], [0, 10_000]);
  });

  it('keeps the mean of rates and the worst of the rest', () => {
    const point = {
      at: 0,
      fulfilled: 10,
      rejected: 0,
      queued: 5,
      run50: 1,
      run99: null,
      wait50: null,
      wait99: 3,
      busy: 1,
      ready: 0,
      spare: 0,
      starting: 0,
      stopping: 0,
      orphan: 1,
    };
    const [joined] = halvePoints([point, { ...point, at: 1, fulfilled: 20, queued: 50, run99: 9, wait99: 2, orphan: 0 }]);
    assert.deepEqual([joined!.at, joined!.fulfilled, joined!.queued, joined!.run99, joined!.wait99, joined!.orphan], [1, 15, 50, 9, 3, 1]);
  });
});

describe('quantiles of recent times', () => {
  it('are right to a twentieth, from a microsecond to an hour', () => {
    for (const scale of [0.001, 1, 3_600_000]) {
      const times = new RecentTimes(5_000);
      times.age(0);
      for (let i = 1; i <= 1_000; i++) times.add((i / 1_000) * scale, 1);
      const [p50, p99] = times.quantiles(0.5, 0.99);
      if (scale > 0.001) assert.ok(Math.abs(p50! / scale - 0.5) < 0.05 && Math.abs(p99! / scale - 0.99) < 0.1, `${p50} ${p99}`);
      else assert.ok(p50! < 0.0011);
    }
  });

  it('forget what is old, and say nothing of nothing', () => {
    const times = new RecentTimes(5_000);
    assert.deepEqual(times.quantiles(0.5), [null]);
    times.age(0);
    times.add(1, 1);
    times.age(5_000);
    assert.notEqual(times.quantiles(0.5)[0], null);
    times.age(10_000);
    assert.deepEqual(times.quantiles(0.5), [null]);
  });
});

describe('take-overs', () => {
  it('are those of a slot that had a thread before', () => {
    const takeovers = new Takeovers();
    const at = (generation: number): ThreadNow[] => [{ slot: 0, generation, state: 'busy', current: undefined } as never];
    const block = (generation: number): Block[] => [[0, generation, 5, 6, 1, 0, 'ok', 1, 1, 'x', 1, 0]];
    assert.deepEqual(takeovers.seen(at(0), []), []);
    assert.deepEqual(takeovers.seen(at(1), block(1)), [], 'the first thread takes nothing over');
    assert.deepEqual(takeovers.seen(at(2), block(2)), [{ at: 5, slot: 0, kind: 'takeover', text: 'generation 2 took over' }]);
  });
});
