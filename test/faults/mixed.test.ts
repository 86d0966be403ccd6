import { test } from 'node:test';
import { SOAK } from '../soak.ts';
import { mixedFaults } from './mixed.ts';

const SEED = 20_265_467;
const TASKS = SOAK ? 1_000 : 100;

test(`${TASKS} tasks under mixed faults: nothing lost, nothing twice, every counter as the plan foretells (seed ${SEED})`, async (t) => {
  t.diagnostic(JSON.stringify(await mixedFaults(SEED, TASKS, 400)));
});
