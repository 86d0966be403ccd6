import { randomInt } from 'node:crypto';
import { it } from 'node:test';
import { soaked } from '../../soak.ts';
import { simulateSome } from './seeds.ts';

const TASKS = soaked(300_000);

it(`${TASKS} tasks on simulated nodes, with seeds that nobody has seen`, async (t) => {
  const seed = randomInt(2 ** 30);
  t.diagnostic(`from seed ${seed}`);
  t.diagnostic(`${await simulateSome(seed, TASKS)} tasks`);
});
