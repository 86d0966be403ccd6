import { randomInt } from 'node:crypto';
import { it } from 'node:test';
import { soaked } from '../soak.ts';
import { assertAgree, assertNoticed } from './agreement.ts';
import type { Effort } from './comparison.ts';
import { ownQueueRows, sharedQueueRows } from './parts/load.ts';
import { scalingRows, textRows } from './parts/nodes.ts';
import { stormRows } from './parts/storms.ts';
import { heldBackRows, voteRows } from './parts/votes.ts';

it('calculation and simulation agree, with seeds that nobody has seen', async (t) => {
  const effort: Effort = { share: soaked(200, 30) / 100, seed: randomInt(2 ** 20) };
  t.diagnostic(`seed ${effort.seed}, ${effort.share} of the effort of the docs: npm run seven-nines -- --seed ${effort.seed}`);
  // Below 95 % most windows have few late events, and some many: too few of them say nothing.
  const shared = (): ReturnType<typeof sharedQueueRows> => sharedQueueRows(effort, [0.95]);
  for (const simulate of [textRows, scalingRows, ownQueueRows, shared, stormRows, voteRows, heldBackRows]) {
    const rows = await simulate(effort);
    assertAgree(rows);
    assertNoticed(rows, 2);
  }
});
