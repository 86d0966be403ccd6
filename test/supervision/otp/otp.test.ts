import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './differential.ts';

test("drawn scenarios go as under Erlang's own supervisor, but for the differences that the docs list", async (t) => {
  const seed = Number(process.env.HOLDFAST_SEED ?? 20_261_127);
  const judged = await judge(500, seed);
  if ('missing' in judged) return t.diagnostic(`there is no Erlang here to compare with: ${judged.missing}`);
  t.diagnostic(
    `seed ${seed}: ${judged.scenarios} scenarios as in OTP ${judged.release}; known differences: ${JSON.stringify(judged.known)}`,
  );
  assert.equal(judged.scenarios, 500);
});
