import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { draws, first, further } from '../../soak.ts';
import { simulated, simulateSome } from './seeds.ts';

describe('a pool on nodes in a simulated world', () => {
  it('holds what it promises', async () => {
    await simulateSome(1, draws(1_000), 60);
  });

  it('holds it with seeds that nobody has seen', async (t) => {
    const seed = randomInt(2 ** 30);
    t.diagnostic(`from seed ${seed}`);
    t.diagnostic(`${await simulateSome(seed, draws(1_000), 100)} tasks`);
  });

  further('holds it with seeds that have found something', async () => {
    for (const [seed, tasks] of [
      [40000029, 4_000],
      [50000107, 4_000],
    ] as const)
      assert.equal((await simulated({ seed, tasks })).violation, undefined, `npm run simulate:nodes -- --seed ${seed} --size ${tasks}`);
  });

  it('does the same again, to the last entry of its log', async () => {
    for (const seed of first(1, [138, 10])) {
      const [one, other] = [await simulated({ seed, tasks: 60 }), await simulated({ seed, tasks: 60 })];
      assert.equal(one.hash, other.hash);
      assert.deepEqual(one.counts, other.counts);
    }
  });
});
