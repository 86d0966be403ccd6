import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bounds } from '../../src/core/counting/histogram.ts';
import { PLACES, placeOf, Spread } from '../../src/core/counting/spread.ts';
import { seeded } from '../../src/core/random.ts';

describe('the place and the bucket of a time', () => {
  it('are those that logarithms and a search through all bounds give', () => {
    const random = seeded(11);
    const bounds = new Bounds();
    // Several in one place, and some beyond the first and the last.
    const odd = new Bounds([1e-8, 1e-7, 0.001, 0.00101, 0.00102, 1, 2e6, 3e6]);
    const edges = [bounds, odd].flatMap((all) => all.ms.flatMap((ms) => [ms, ms * (1 - 2 ** -52), ms * (1 + 2 ** -52)]));
    const drawn = Array.from({ length: 20_000 }, () => 10 ** (random() * 16 - 6));
    for (const ms of [...edges, ...drawn, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -10, 2 ** 30]) {
      for (const all of [bounds, odd]) {
        const first = all.ms.findIndex((bound) => !(ms > bound));
        assert.equal(all.of(ms), first < 0 ? all.ms.length : first, `bucket of ${ms}`);
      }
      const power = ms >= 2 ** -10 ? Math.floor(Math.log2(ms)) + 10 : -1;
      const part = Math.floor((ms / 2 ** (power - 10) - 1) * 32);
      assert.equal(placeOf(ms), power < 0 ? 0 : power >= 40 ? PLACES - 1 : power * 32 + part, `place of ${ms}`);
    }
  });
});

describe('a spread of times', () => {
  it('tells quantiles within three per cent, from a microsecond to an hour', () => {
    const random = seeded(7);
    const spread = new Spread();
    const times = Array.from({ length: 20_000 }, () => 10 ** (random() * 9.5 - 3));
    for (const time of times) spread.observe(time);
    times.sort((a, b) => a - b);
    for (const share of [0.01, 0.5, 0.9, 0.99, 0.999]) {
      const exact = times[Math.ceil(share * times.length) - 1]!;
      assert.ok(Math.abs(spread.quantile(share) / exact - 1) < 0.032, `${share}: ${spread.quantile(share)} for ${exact}`);
    }
    assert.deepEqual([spread.min, spread.max, spread.count], [times[0], times.at(-1), 20_000]);
  });

  it('of one time is that time, and of none is 0', () => {
    const spread = new Spread();
    assert.equal(spread.quantile(0.5), 0);
    spread.observe(3.7);
    assert.deepEqual([spread.quantile(0.01), spread.quantile(0.999)], [3.7, 3.7]);
  });

  it('takes in another', () => {
    const [one, other] = [new Spread(), new Spread()];
    one.observe(1);
    for (let i = 0; i < 9; i++) other.observe(100);
    one.add(other);
    assert.deepEqual([one.count, one.min, one.max], [10, 1, 100]);
    assert.ok(Math.abs(one.quantile(0.5) - 100) < 3.2);
  });
});
