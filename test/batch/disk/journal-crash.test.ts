import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import type { SyncRule } from '../../../src/batch/journal/journal.ts';
import { seeded } from '../../../src/core/random.ts';
import { oneIn } from '../../soak.ts';
import { killEverywhere, outcomeOf, resumeToEnd, smallInput, smallTask } from '../crash-stories.ts';
import { World } from '../world.ts';

const test = oneIn(4, import.meta.url);

const SYNCS: SyncRule[] = ['always', 'never', 60];

for (const out of ['/out.ndjson', '/out.ndjson.gz']) {
  for (const ordered of [false, true]) {
    for (const powerCuts of [false, true]) {
      const what = powerCuts ? 'a power cut' : 'kill -9';
      test(`${what} at any system call costs no line and doubles none (${out}, ordered: ${ordered})`, async (t) => {
        const seed = randomInt(2 ** 31);
        t.diagnostic(`seed ${seed}`);
        const random = seeded(seed);
        let kills = 0;
        for (const sync of SYNCS) kills += await killEverywhere({ out, ordered, powerCuts, sync, lines: 50, stride: 29 }, random);
        t.diagnostic(`${kills} first lives`);
        assert.ok(kills > 0);
      });
    }
  }
}

test('ordered results stay in order when a failed line succeeds after a crash', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const { text, tasks } = smallInput(60);
  const moody = (value: unknown) => {
    if (random() < 0.3) throw new Error('not today');
    return smallTask(value);
  };
  for (let round = 0; round < 8; round++) {
    const world = new World(random, moody, text);
    const options = { ordered: true, sync: 'never' as const };
    await world.run(options, { killAt: 20 + Math.floor(random() * 60) });
    world.disk.cutPower();
    await resumeToEnd(world, options, random, true);
    const { results } = outcomeOf(world, tasks, '/out.ndjson', '/out.failed.ndjson');
    const indexes = results.map((line) => (JSON.parse(line) as { index: number }).index);
    assert.deepEqual(
      indexes,
      [...indexes].sort((a, b) => a - b),
    );
  }
});
