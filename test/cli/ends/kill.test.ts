import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { seeded } from '../../../src/core/random.ts';
import { scratch } from '../command.ts';
import { killAndResume } from './kills.ts';

test('kill -9 of manager or supervisor, three times at random instants: every line once, results as if nothing had happened', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const report = await killAndResume(scratch(t), seeded(seed), 3);
  t.diagnostic(JSON.stringify(report));
  assert.equal(report.kills, 3);
});
