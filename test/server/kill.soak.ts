import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { seeded } from '../../src/core/random.ts';
import { soaked } from '../soak.ts';
import { killAgainAndAgain } from './kills.ts';

test('the program is killed at 200 instants: nothing that was answered is lost, nothing is applied twice', async () => {
  const seed = Number(process.env.HOLDFAST_SEED ?? Math.floor(Math.random() * 1e6));
  console.log(`HOLDFAST_SEED=${seed}`);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
  try {
    const answered = await killAgainAndAgain(join(folder, 'journal'), soaked(200), seeded(seed));
    console.log(`${answered} messages were answered`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
