import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seeded } from '../../src/core/random.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';
import { Backoff, RestartIntensity } from '../../src/supervision/index.ts';

describe('restart intensity', () => {
  it('allows so many restarts within the window, and one more is one too many', async () => {
    const clock = new VirtualClock();
    const intensity = new RestartIntensity({ intensity: 2, within: 100 }, clock);
    assert.equal(intensity.add(), true);
    await clock.advance(50);
    assert.equal(intensity.add(), true);
    await clock.advance(49);
    assert.deepEqual([intensity.count(), intensity.add()], [2, false]);
  });

  it('forgets a restart as soon as it is as old as the window', async () => {
    const clock = new VirtualClock();
    const intensity = new RestartIntensity({ intensity: 1, within: 100 }, clock);
    assert.equal(intensity.add(), true);
    await clock.advance(100);
    assert.equal(intensity.count(), 0);
    assert.equal(intensity.add(), true);
    await clock.advance(99);
    assert.equal(intensity.add(), false);
  });

  it('intensity 0 allows none', () => {
    assert.equal(new RestartIntensity({ intensity: 0, within: 100 }, new VirtualClock()).add(), false);
  });

  it('agrees with the definition under random restarts', async (t) => {
    const seed = 7;
    t.diagnostic(`seed ${seed}`);
    const random = seeded(seed);
    for (let run = 0; run < 50; run++) {
      const clock = new VirtualClock();
      const limits = { intensity: Math.floor(random() * 60), within: 1 + Math.floor(random() * 400) };
      const intensity = new RestartIntensity(limits, clock);
      let times: number[] = [];
      for (let i = 0; i < 200; i++) {
        const now = clock.now();
        times = [...times.filter((at) => at > now - limits.within), now];
        const allowed = times.length <= limits.intensity;
        assert.equal(intensity.add(), allowed);
        // Past the limit the number is no longer kept, only that it is past.
        if (allowed) assert.equal(intensity.count(), times.length);
        clock.setTimeout(() => {}, Math.floor(random() ** 3 * 100));
        clock.step();
      }
    }
  });
});

describe('back-off', () => {
  const delays = (backoff: Backoff, n: number) => Array.from({ length: n }, () => backoff.next());

  it('is none at first, then doubles up to the longest', () => {
    const backoff = new Backoff({ minTimeout: 50, maxTimeout: 500 }, new VirtualClock());
    assert.deepEqual(delays(backoff, 7), [0, 50, 100, 200, 400, 500, 500]);
    assert.equal(backoff.restarts, 7);
    backoff.reset();
    assert.deepEqual(delays(backoff, 2), [0, 50]);
  });

  it('stays within bounds however often it is asked', () => {
    const backoff = new Backoff({ minTimeout: 1, maxTimeout: 5_000 }, new VirtualClock());
    assert.equal(delays(backoff, 5_000).at(-1), 5_000);
    assert.deepEqual(delays(new Backoff({ minTimeout: 0, maxTimeout: 5_000 }, new VirtualClock()), 3), [0, 0, 0]);
    assert.deepEqual(delays(new Backoff({ minTimeout: 90, maxTimeout: 10 }, new VirtualClock()), 3), [0, 10, 10]);
  });

  it('begins again after a quiet spell, counted from when the last restart took place', async () => {
    const clock = new VirtualClock();
    const backoff = new Backoff({ minTimeout: 50, maxTimeout: 500, resetAfter: 1_000 }, clock);
    assert.deepEqual(delays(backoff, 3), [0, 50, 100]);
    await clock.advance(1_100);
    assert.equal(backoff.next(), 200);
    await clock.advance(1_201);
    assert.equal(backoff.next(), 0);
  });
});
