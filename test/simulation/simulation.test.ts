import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { draws, first, SOAK } from '../soak.ts';
import { simulated, simulateSome } from './seeds.ts';

describe('the pool in a simulated world', () => {
  it('holds what it promises, looked at after every event', async () => {
    await simulateSome(1, SOAK ? 900 : 300, { tasks: 300, auditEvery: 1 });
  });

  it('holds it with seeds that nobody has seen', async (t) => {
    const seed = randomInt(2 ** 30);
    t.diagnostic(`from seed ${seed}`);
    t.diagnostic(`${await simulateSome(seed, SOAK ? 2_500 : 800, { tasks: 1000 })} tasks`);
  });

  it('does the same again, to the last entry of its log', async () => {
    for (const seed of first(1, [7, 1922])) {
      const [first, second] = [await simulated({ seed, tasks: 300 }), await simulated({ seed, tasks: 300 })];
      assert.equal(first.hash, second.hash);
      assert.deepEqual(first.counts, second.counts);
    }
  });

  it('is the same with a wall clock that steps as with one that is right', async () => {
    for (let seed = 1; seed <= draws(12); seed++) {
      const stepping = await simulated({ seed, tasks: 100, auditEvery: 16 });
      const steady = await simulated({ seed, tasks: 100, auditEvery: 16, steadyWall: true });
      assert.equal(stepping.hash, steady.hash, `seed ${seed}`);
    }
  });

  it('does not depend on whether somebody reads along', async () => {
    const lines: string[] = [];
    const read = await simulated({ seed: 11, tasks: 100, write: (line) => lines.push(line) });
    const { hash } = await simulated({ seed: 11, tasks: 100 });
    assert.equal(read.hash, hash);
    assert.ok(lines.length > 200);
  });
});
