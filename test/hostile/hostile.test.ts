import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draws, oneIn } from '../soak.ts';
import { fuzz, look } from './fuzz.ts';

const one = oneIn(3, import.meta.url);
const seed = Number(process.env.HOLDFAST_SEED ?? Date.now() % 1_000_000);

one('whatever a thread says, nothing throws, nothing stays open, and no innocent pays', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const { messages, fulfilled } = await fuzz('thread', seed, 25);
  t.diagnostic(`${messages} messages; ${fulfilled} tasks fulfilled all the same`);
  assert.ok(messages > 4_000 && fulfilled > 40);
});

one('the same for a cell', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const { messages, fulfilled } = await fuzz('cell', seed, 25);
  t.diagnostic(`${messages} messages; ${fulfilled} tasks fulfilled all the same`);
  assert.ok(messages > 4_000 && fulfilled > 40);
});

test('every record becomes an error or a value, and what passes is what the protocol allows', (t) => {
  t.diagnostic(`seed ${seed}`);
  look(seed, draws(1_500));
});
