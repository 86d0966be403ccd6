import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { simulated, simulateSome } from './seeds.ts';

describe('a pool on nodes in a simulated world', () => {
  it('holds what it promises', async () => {
    await simulateSome(1, 1_000, 60);
  });

  it('holds it with seeds that nobody has seen', async (t) => {
    const seed = randomInt(2 ** 30);
    t.diagnostic(`from seed ${seed}`);
    t.diagnostic(`${await simulateSome(seed, 1_000, 100)} tasks`);
  });

  it('does the same again, to the last entry of its log', async () => {
    for (const seed of [10, 138]) {
      const [first, second] = [await simulated({ seed, tasks: 60 }), await simulated({ seed, tasks: 60 })];
      assert.equal(first.hash, second.hash);
      assert.deepEqual(first.counts, second.counts);
    }
  });
});
