import { test } from 'node:test';
import { soaked } from '../soak.ts';
import { fuzz, type Kind } from './fuzz.ts';

const first = Number(process.env.HOLDFAST_SEED ?? Date.now() % 1_000_000);
/** Rounds for each kind. */
const MESSAGES = soaked(5_000_000, 20_000);

for (const kind of ['thread', 'cell'] satisfies Kind[]) {
  test(`millions of messages from strangers who speak for a ${kind}`, async (t) => {
    let messages = 0;
    let fulfilled = 0;
    let seed = first;
    for (; messages < MESSAGES; seed++) {
      const more = await fuzz(kind, seed, 100, 5_000);
      messages += more.messages;
      fulfilled += more.fulfilled;
    }
    t.diagnostic(`${messages} messages, seeds ${first} to ${seed - 1}; ${fulfilled} tasks fulfilled all the same`);
  });
}
