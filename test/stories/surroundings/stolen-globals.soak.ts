import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openVandal, stealAll } from './stolen-globals.ts';

for (const isolation of ['none', 'process'] as const) {
  test(`every global and every method is deleted, then replaced, one at a time (isolation: ${isolation})`, async (t) => {
    const pool = openVandal({ isolation });
    t.after(() => pool.close({ force: true }));
    const { globals, methods, tried, harmed } = await stealAll(pool, (names) => names);
    t.diagnostic(`${globals} globals, ${methods} methods, ${tried} thefts on Node ${process.version}`);
    assert.deepEqual(harmed, []);
  });
}
