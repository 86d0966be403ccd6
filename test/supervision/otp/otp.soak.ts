import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soaked } from '../../soak.ts';
import { judge } from './differential.ts';

test("thousands of drawn scenarios go as under Erlang's own supervisor", async (t) => {
  const seed = Number(process.env.HOLDFAST_SEED ?? Date.now() % 2 ** 31);
  const count = soaked(50_000);
  t.diagnostic(`seed ${seed}, ${count} scenarios`);
  const judged = await judge(count, seed);
  if ('missing' in judged) return t.diagnostic(`there is no Erlang here to compare with: ${judged.missing}`);
  t.diagnostic(`as in OTP ${judged.release}; known differences: ${JSON.stringify(judged.known)}`);
  assert.equal(judged.scenarios, count);
});
