import assert from 'node:assert/strict';
import { drawn, oneIn } from '../../soak.ts';
import { stealAll } from './stolen-globals.ts';

const test = oneIn(3, import.meta.url);

/** One of each kind of what a runtime leans on. */
const USUAL = /^(process|Map|Promise)$|^(Array|Promise|MessagePort)\.prototype\.(push|then|postMessage)$|^ArrayIterator\.next$/;

test('a server whose module takes what the runtime needs away answers rightly, or says that its thread died, and has its state', async () => {
  const { tried, wrong } = await stealAll('thread', (names) =>
    drawn(
      2,
      names.filter((name) => USUAL.test(name)),
    ),
  );
  assert.ok(tried >= 4, `${tried} were tried`);
  assert.deepEqual(wrong, []);
});
