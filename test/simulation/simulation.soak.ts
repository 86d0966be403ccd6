import { randomInt } from 'node:crypto';
import { it } from 'node:test';
import { simulateSome } from './seeds.ts';

it('a million simulated tasks, with seeds that nobody has seen', async (t) => {
  const seed = randomInt(2 ** 30);
  t.diagnostic(`from seed ${seed}`);
  t.diagnostic(`${await simulateSome(seed, 1_000_000)} tasks`);
});
