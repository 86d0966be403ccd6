import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { seeded } from '../../../src/core/random.ts';
import { soaked } from '../../soak.ts';
import { killEverywhere } from '../crash-stories.ts';

for (const out of ['/out.ndjson', '/out.ndjson.gz']) {
  for (const ordered of [false, true]) {
    for (const powerCuts of [false, true]) {
      test(`every system call is survived (${out}, ordered: ${ordered}, power cuts: ${powerCuts})`, async (t) => {
        const seed = randomInt(2 ** 31);
        t.diagnostic(`seed ${seed}`);
        const random = seeded(seed);
        for (const sync of ['always', 'never', 60] as const) {
          for (const lines of [1, soaked(40, 8), soaked(150, 12)]) {
            const kills = await killEverywhere({ out, ordered, powerCuts, sync, lines, stride: 1 }, random);
            t.diagnostic(`sync ${sync}, ${lines} lines: ${kills} first lives`);
          }
        }
      });
    }
  }
}
