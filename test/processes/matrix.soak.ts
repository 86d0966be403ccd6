import { test } from 'node:test';
import { soaked } from '../soak.ts';
import { closes, MISDEEDS_OF_CELLS, open, settles } from './matrix.ts';
import { stayAlive } from './stage.ts';

const ROUNDS = soaked(2);

stayAlive();

for (const [cells, retry] of [
  [2, 0],
  [2, 2],
  // Where threads share a cell, a death costs the neighbour an attempt: it needs a retry.
  [1, 2],
] as const) {
  test(`the whole matrix, ${cells} cells for 2 threads, ${retry} retries`, async (t) => {
    const pool = open({ cells, retry, restart: { intensity: 50 } });
    for (let round = 0; round < ROUNDS; round++) {
      for (const misdeed of MISDEEDS_OF_CELLS) await t.test(misdeed.name, () => settles(pool, misdeed));
    }
    await closes(pool);
  });
}
