import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { seeded } from '../../../src/core/random.ts';
import { oneIn, SOAK } from '../../soak.ts';
import { scratch } from '../command.ts';
import { killAndResume } from './kills.ts';

const test = oneIn(4, import.meta.url);

const KILLS = SOAK ? 3 : 1;

test('kill -9 of manager or supervisor, at random instants: every line once, results as if nothing had happened', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const report = await killAndResume(scratch(t), seeded(seed), KILLS);
  t.diagnostic(JSON.stringify(report));
  assert.equal(report.kills, KILLS);
});
