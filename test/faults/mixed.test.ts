import { test } from 'node:test';
import { mixedFaults } from './mixed.ts';

const SEED = 20_261_124;

test(`1,000 tasks under mixed faults: nothing lost, nothing twice, every counter as the plan foretells (seed ${SEED})`, async (t) => {
  // The time-out of the full size is 50 ms; here the machine may be busy.
  t.diagnostic(JSON.stringify(await mixedFaults(SEED, 1_000, 400)));
});
