import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soaked } from '../../soak.ts';
import { stealAll } from './stolen-globals.ts';

for (const isolation of ['thread', 'process'] as const) {
  test(`every global and every method is taken away inside the module of a server, one at a time (${isolation})`, async (t) => {
    const { tried, unharmed, told, wrong } = await stealAll(isolation, (names) => {
      const step = Math.ceil(names.length / soaked(names.length));
      return names.filter((_, i) => i % step === 0);
    });
    t.diagnostic(`${tried} thefts on Node ${process.version}: ${unharmed} without harm, ${told} told as an error of the server`);
    assert.deepEqual(wrong, []);
  });
}
