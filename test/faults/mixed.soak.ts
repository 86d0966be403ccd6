import { test } from 'node:test';
import { mixedFaults } from './mixed.ts';

const SEED = 20_261_124;

test(`100,000 tasks under mixed faults: nothing lost, nothing twice, every counter as the plan foretells (seed ${SEED})`, async (t) => {
  // An innocent task that the machine holds up for 50 ms would be convicted: to be run on a machine that does nothing else.
  t.diagnostic(JSON.stringify(await mixedFaults(SEED, 100_000, 50)));
});
