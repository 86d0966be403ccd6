import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soaked } from '../soak.ts';
import { matrixOf, missing } from './world/matrix.ts';
import { MODES, simulate } from './world/simulate.ts';

const PER_SEED = 500;

for (const mode of MODES) {
  test(`a quarter of a million messages under drawn faults (${mode})`, async () => {
    const first = Number(process.env.HOLDFAST_SEED ?? Math.floor(Math.random() * 1e6));
    console.log(`HOLDFAST_SEED=${first}`);
    const seeds = process.env.HOLDFAST_SEED === undefined ? soaked(500) : 1;
    const struck = new Map<string, number>();
    const total = { answered: 0, rejected: 0, deaths: 0, spoiled: 0, convictions: 0 };
    for (let seed = first; seed < first + seeds; seed++) {
      const outcome = await simulate(seed, mode, PER_SEED);
      for (const [cell, times] of outcome.struck) struck.set(cell, (struck.get(cell) ?? 0) + times);
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += outcome[key];
    }
    console.log(`${mode}: ${JSON.stringify({ seeds, messages: seeds * PER_SEED, ...total })}\n${matrixOf(struck)}`);
    // Where nothing is kept there is nothing to copy or to replay. A few seeds do not come by everywhere.
    const absent = mode === 'init' ? / (?:snapshot|replay)$/ : / never$/;
    if (seeds >= 300)
      assert.deepEqual(
        missing(struck).filter((cell) => !absent.test(cell)),
        [],
        'every kind of death at every moment',
      );
  });
}
