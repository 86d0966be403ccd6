import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SOAK, soaked } from '../../soak.ts';
import { fuzzServers, type Kind } from './trial.ts';

const first = Number(process.env.HOLDFAST_SEED ?? Date.now() % 1_000_000);
/** In the soak millions of messages, in rounds of this many servers. */
const [ROUNDS, TRIALS] = SOAK ? [soaked(200), 100] : [1, 8];

for (const kind of ['thread', 'cell'] satisfies Kind[]) {
  test(`whatever a stranger says for a ${kind} of a server, nothing throws, and each call settles once`, async (t) => {
    t.diagnostic(`seed ${first}`);
    const total = { messages: 0, condemned: 0, fulfilled: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const one = await fuzzServers(kind, first + round * TRIALS, TRIALS);
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += one[key];
    }
    t.diagnostic(JSON.stringify(total));
    assert.ok(total.messages >= 400 && total.condemned > 0 && total.fulfilled > 0);
  });
}
