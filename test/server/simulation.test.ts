import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draws, first as firstOf } from '../soak.ts';
import { MODES, simulate } from './world/simulate.ts';

const first = Number(process.env.HOLDFAST_SEED ?? Math.floor(Math.random() * 1e6));
const seeds = process.env.HOLDFAST_SEED === undefined ? draws(8) : 1;

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
  let [spoiled, wrong] = [0, 0];
  for (let seed = first; seed < first + 8; seed++) {
    const alone = await simulate(seed, 'single and wrong', 200);
    spoiled += alone.spoiled;
    wrong += alone.wrong;
  }
  assert.ok(spoiled > 0 && wrong > 0, 'the fault is one');
});

// One had thrown at a message, and one at what follows it whose vote on the message itself was lost: neither was given it again.
for (const seed of firstOf(1, [5_869_140, 5_869_152, 5_870_040])) {
  test(`replicas that have thrown do not wait for each other (seed ${seed})`, async () => {
    await simulate(seed, 'replicas', 500);
  });
}
