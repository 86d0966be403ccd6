import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Random } from '../../src/core/random.ts';

const PROGRAM = fileURLToPath(new URL('./fixtures/journal-program.js', import.meta.url));

/** One life of the program, which ends by `kill -9` a moment after the given number of answers. Returns what it had at first, and what was answered. */
async function life(journal: string, from: number, answers: number, delay: number): Promise<{ had: number[]; gave: number[] }> {
  const child = spawn(process.execPath, [PROGRAM, journal, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let killed = false;
  child.stdout.on('data', (piece) => {
    text += piece;
    if (killed || text.split('gave ').length <= answers) return;
    killed = true;
    if (delay === 0) child.kill('SIGKILL');
    else setTimeout(() => child.kill('SIGKILL'), delay);
  });
  await new Promise((resolve) => child.once('close', resolve));
  const lines = text.split('\n').slice(0, -1);
  const had = lines.find((line) => line.startsWith('has '));
  assert.ok(had !== undefined, 'the program came up, and read its journal');
  return {
    had: JSON.parse(had.slice(4)) as number[],
    gave: lines.filter((line) => line.startsWith('gave ')).map((line) => Number(line.slice(5))),
  };
}

/** Kills the program at drawn instants; each life must find everything that the ones before it had answered, once. */
export async function killAgainAndAgain(journal: string, times: number, random: Random): Promise<number> {
  const answered = new Set<number>();
  let from = 1;
  for (let i = 0; i <= times; i++) {
    const { had, gave } = await life(journal, from, Math.floor(random() * 60), random() < 0.5 ? 0 : random() * 8);
    assert.equal(new Set(had).size, had.length, 'none was applied twice');
    assert.deepEqual(
      [...answered].filter((n) => !had.includes(n)),
      [],
      'none that was answered is lost',
    );
    for (const n of [...had, ...gave]) answered.add(n);
    from = Math.max(0, ...answered) + 1_000;
  }
  return answered.size;
}
