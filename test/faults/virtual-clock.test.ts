import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_DELAY } from '../../src/core/clock.ts';
import { seeded } from '../../src/core/random.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';

describe('the virtual clock', () => {
  it('stands still until it is told to move', async () => {
    const clock = new VirtualClock({ now: 5, wall: 1_000 });
    let fired = 0;
    clock.setTimeout(() => fired++, 10);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([clock.now(), clock.wall(), fired, clock.pending, clock.nextAt], [5, 1_000, 0, 1, 15]);
    await clock.advance(9);
    assert.deepEqual([clock.now(), clock.wall(), fired], [14, 1_009, 0]);
    await clock.advance(1);
    assert.deepEqual([clock.now(), fired, clock.pending, clock.nextAt], [15, 1, 0, undefined]);
  });

  it('fires in the order of time, then of insertion, each at its own time', async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const at = (name: string, ms: number) => clock.setTimeout(() => log.push(`${name}@${clock.now()}`), ms);
    at('late', 20);
    at('first', 10);
    at('second', 10);
    at('now', 0);
    at('negative', -5);
    at('nan', Number.NaN);
    await clock.advance(100);
    assert.deepEqual(log, ['now@0', 'negative@0', 'nan@0', 'first@10', 'second@10', 'late@20']);
    assert.equal(clock.now(), 100);
  });

  it('fires a timer that a timer sets, if it falls due in the same advance', async () => {
    const clock = new VirtualClock();
    const log: number[] = [];
    clock.setTimeout(() => {
      log.push(clock.now());
      clock.setTimeout(() => log.push(clock.now()), 5);
      clock.setTimeout(() => log.push(clock.now()), 50);
    }, 10);
    await clock.advance(20);
    assert.deepEqual(log, [10, 15]);
    await clock.advance(40);
    assert.deepEqual(log, [10, 15, 60]);
  });

  it('gives promises their turn between two timers, however long their chain', async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    clock.setTimeout(() => {
      void (async () => {
        for (let i = 0; i < 100; i++) await undefined;
        log.push('promises');
      })();
    }, 1);
    clock.setTimeout(() => log.push('timer'), 1);
    await clock.advance(1);
    assert.deepEqual(log, ['promises', 'timer']);
  });

  it('never fires what was cancelled, and cancelling twice, late or nothing at all is harmless', async () => {
    const clock = new VirtualClock();
    let fired = 0;
    const gone = clock.setTimeout(() => assert.fail('fired after it was cancelled'), 1);
    const kept = clock.setTimeout(() => fired++, 1);
    clock.clearTimeout(gone);
    clock.clearTimeout(gone);
    clock.clearTimeout(undefined);
    assert.equal(clock.pending, 1);
    await clock.advance(1);
    clock.clearTimeout(kept);
    assert.deepEqual([fired, clock.pending], [1, 0]);
  });

  it('lets one timer cancel another that is due at the same time', async () => {
    const clock = new VirtualClock();
    clock.setTimeout(() => clock.clearTimeout(second), 1);
    const second = clock.setTimeout(() => assert.fail('fired after it was cancelled'), 1);
    await clock.advance(1);
    assert.equal(clock.pending, 0);
  });

  it('treats a delay that Node would not keep as the longest one', async () => {
    const clock = new VirtualClock();
    clock.setTimeout(() => {}, Number.POSITIVE_INFINITY);
    assert.equal(clock.nextAt, MAX_DELAY);
  });

  it('runs until idle, and says so if that never comes', async () => {
    const clock = new VirtualClock();
    let left = 3;
    const again = () => {
      if (--left > 0) clock.setTimeout(again, 7);
    };
    clock.setTimeout(again, 7);
    assert.equal(await clock.runUntilIdle(), 3);
    assert.equal(clock.now(), 21);
    const forever = () => clock.setTimeout(forever, 1);
    forever();
    await assert.rejects(clock.runUntilIdle(100), /within 100 timers, got 1 still waiting/);
  });

  it('steps one timer at a time, synchronously', () => {
    const clock = new VirtualClock();
    const log: number[] = [];
    for (const ms of [3, 1, 2]) clock.setTimeout(() => log.push(ms), ms);
    assert.equal(clock.step(0.5), false);
    assert.equal(clock.step(), true);
    assert.deepEqual(log, [1]);
    assert.equal(clock.step(2), true);
    assert.equal(clock.step(2), false);
    assert.equal(clock.step(), true);
    assert.equal(clock.step(), false);
    assert.deepEqual([log, clock.now()], [[1, 2, 3], 3]);
  });

  it('passes on what a timer throws', async () => {
    const clock = new VirtualClock();
    clock.setTimeout(() => {
      throw new Error('out of a timer');
    }, 1);
    await assert.rejects(clock.advance(1), /out of a timer/);
  });

  it('agrees with a sorted list under random pushes and cancels', async (t) => {
    const seed = 20_260_101;
    t.diagnostic(`seed ${seed}`);
    const random = seeded(seed);
    const clock = new VirtualClock();
    const fired: number[] = [];
    const waiting = new Map<number, { at: number; timer: ReturnType<VirtualClock['setTimeout']> }>();
    for (let i = 0; i < 5_000; i++) {
      const ms = Math.floor(random() * 500);
      waiting.set(i, { at: ms, timer: clock.setTimeout(() => fired.push(i), ms) });
      if (random() < 0.7) {
        const victims = [...waiting.keys()];
        const victim = victims[Math.floor(random() * Math.min(victims.length, 50))]!;
        clock.clearTimeout(waiting.get(victim)!.timer);
        waiting.delete(victim);
      }
    }
    const expected = [...waiting].sort(([a, x], [b, y]) => x.at - y.at || a - b).map(([i]) => i);
    assert.equal(clock.pending, expected.length);
    while (clock.step());
    assert.deepEqual(fired, expected);
  });
});
