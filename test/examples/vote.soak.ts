import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimate } from '../../examples/vote/estimate.ts';
import { faultPlan } from '../../src/faults/index.ts';

const SEED = 1;
const faults = faultPlan({ seed: SEED, corrupt: 0.1 });

test(`the price of an option, by vote among copies that are silently wrong, is the right one to the last bit, seed ${SEED}`, async () => {
  const right = await estimate(60, 500);
  const trusting = await estimate(60, 500, { faults });
  const voted = await estimate(60, 500, { faults, redundancy: { replicas: 3, quorum: 2, maxReplicas: 9 } });
  // An option on the geometric mean costs 5.94, by its closed form; one on the arithmetic mean a few hundredths of it more.
  const slack = 4 * right.standardError;
  assert.ok(right.price > 5.94 - slack && right.price < 1.06 * 5.94 + slack, `${right.price} ± ${right.standardError}`);
  assert.notEqual(trusting.price, right.price);
  assert.equal(voted.price, right.price);
  assert.equal(voted.standardError, right.standardError);
  assert.ok(voted.conflicts > 0 && voted.convicted > 0);
});
