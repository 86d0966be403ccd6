import assert from 'node:assert/strict';
import { draws, further } from '../../soak.ts';
import { judge } from './differential.ts';

further("drawn scenarios go as under Erlang's own supervisor, but for the differences that the docs list", async (t) => {
  const seed = Number(process.env.HOLDFAST_SEED ?? 20_261_127);
  const scenarios = draws(500);
  const judged = await judge(scenarios, seed);
  if ('missing' in judged) return t.diagnostic(`there is no Erlang here to compare with: ${judged.missing}`);
  t.diagnostic(
    `seed ${seed}: ${judged.scenarios} scenarios as in OTP ${judged.release}; known differences: ${JSON.stringify(judged.known)}`,
  );
  assert.equal(judged.scenarios, scenarios);
});
