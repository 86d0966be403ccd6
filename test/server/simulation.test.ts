import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODES, simulate } from './world/simulate.ts';

const first = Number(process.env.HOLDFAST_SEED ?? Math.floor(Math.random() * 1e6));
const seeds = process.env.HOLDFAST_SEED === undefined ? 4 : 1;

for (const mode of MODES) {
  test(`under drawn faults (${mode}), every call settles once, and the state is what the answered messages make of it`, async () => {
    for (let seed = first; seed < first + seeds; seed++) {
      console.log(`HOLDFAST_SEED=${seed}`);
      await simulate(seed, mode, 200);
    }
  });
}

test('what a bad core answers wrongly alone, replicas answer rightly', async () => {
  console.log(`HOLDFAST_SEED=${first}`);
  const alone = await simulate(first, 'single and wrong', 300);
  assert.ok(alone.spoiled > 0 && alone.wrong > 0, 'the fault is one');
});
