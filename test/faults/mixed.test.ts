import { test } from 'node:test';
import { SOAK } from '../soak.ts';
import { mixedFaults } from './mixed.ts';

/** With the second, few tasks meet many faults of each kind. */
const [TASKS, SEED] = SOAK ? [1_000, 20_261_124] : [250, 236];

test(`${TASKS} tasks under mixed faults: nothing lost, nothing twice, every counter as the plan foretells (seed ${SEED})`, async (t) => {
  t.diagnostic(JSON.stringify(await mixedFaults(SEED, TASKS, 400)));
});
