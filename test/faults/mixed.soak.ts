import { test } from 'node:test';
import { soaked } from '../soak.ts';
import { mixedFaults } from './mixed.ts';

const SEED = 20_261_124;
const TASKS = soaked(100_000);

test(`${TASKS} tasks under mixed faults: nothing lost, nothing twice, every counter as the plan foretells (seed ${SEED})`, async (t) => {
  t.diagnostic(JSON.stringify(await mixedFaults(SEED, TASKS, 50)));
});
