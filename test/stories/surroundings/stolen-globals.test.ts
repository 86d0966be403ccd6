import assert from 'node:assert/strict';
import { seeded } from '../../../src/core/random.ts';
import { Dice } from '../../simulation/world/dice.ts';
import { oneIn } from '../../soak.ts';
import { openVandal, stealAll } from './stolen-globals.ts';

const test = oneIn(3, import.meta.url);

const SEED = Number(process.env.HOLDFAST_SEED ?? Date.now() % 1_000_000);
/** What a runtime leans on most: always tried, beside what the seed draws. */
const USUAL =
  /^(process|performance|Atomics|Map|JSON|Promise|setImmediate|Reflect|Object|Array)$|^(Array|Map|Promise|MessagePort)\.prototype\.(push|get|then|postMessage|Symbol\(Symbol.iterator\))$|Iterator\.next$/;

test(`a task that takes any global or method away is done, and so are its neighbours (seed ${SEED})`, async (t) => {
  const dice = new Dice(seeded(SEED));
  const pool = openVandal();
  t.after(() => pool.close({ force: true }));
  const { harmed, tried } = await stealAll(pool, (names) => names.filter((name) => USUAL.test(name) || dice.chance(0.03)));
  assert.ok(tried > 40, 'a sample is tried');
  assert.deepEqual(harmed, []);
});

for (const name of ['emptyProcess', 'freezeTime'] as const) {
  for (const isolation of ['none', 'process'] as const) {
    test(`a task that does ${name} is done, and the next ones on its thread are not harmed (isolation: ${isolation})`, async (t) => {
      const pool = openVandal({ isolation });
      t.after(() => pool.close({ force: true }));
      assert.equal(await pool.run(0, { name }), name === 'freezeTime' ? 'frozen' : 'done');
      for (let n = 0; n < 20; n++) {
        assert.equal(await pool.run(n), n * 2);
        assert.equal(await pool.run(n, { name: 'later' }), n * 3);
      }
      assert.equal(pool.stats().retries, 0);
    });
  }
}
