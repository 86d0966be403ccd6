import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Spread } from '../../src/core/counting/spread.ts';
import { seeded } from '../../src/core/random.ts';

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
