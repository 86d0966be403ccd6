// Batch jobs: how fast against `map` without files, and in how much memory.
//   npm run build && node dist/bench/batch.js [lines] [rounds]
import { fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figures, PARTS, type Part } from './batch-parts.ts';

const SELF = fileURLToPath(import.meta.url);

function writeInput(path: string, lines: number): void {
  const file = openSync(path, 'w');
  for (let from = 0; from < lines; from += 10_000) {
    let text = '';
    for (let n = from; n < Math.min(lines, from + 10_000); n++) text += `{"n":${n}}\n`;
    writeSync(file, text);
  }
  closeSync(file);
}

/** One part in a process of its own, so that its memory is its own. */
function measure(part: Part, directory: string, lines: number): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(SELF, ['part', part, directory, String(lines)]);
    child.once('message', (figures) => resolve(figures as Figures));
    child.once('exit', (code, signal) => reject(new Error(`${part} ended: ${signal ?? `exit code ${code}`}.`)));
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

async function main(lines: number, rounds: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const small = Math.ceil(lines / 10);
  writeInput(join(directory, `in-${lines}.ndjson`), lines);
  writeInput(join(directory, `in-${small}.ndjson`), small);
  const rows: { part: string; rate: number; rss: number }[] = [];
  try {
    const runs: Record<string, Figures[]> = {};
    // Parts take turns, so that a disturbance of the machine hits all of them.
    for (let round = 0; round < rounds; round++) {
      for (const part of Object.keys(PARTS) as Part[]) {
        runs[part] = [...(runs[part] ?? []), await measure(part, directory, lines)];
      }
      runs['batch, a tenth of the lines'] = [...(runs['batch, a tenth of the lines'] ?? []), await measure('batch', directory, small)];
    }
    for (const [part, figures] of Object.entries(runs)) {
      rows.push({ part, rate: median(figures.map(({ rate }) => rate)), rss: Math.max(...figures.map(({ rss }) => rss)) });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const rateOf = (part: string) => rows.find((row) => row.part === part)!.rate;
  // One thread does both one after the other, so that is what allows the job no more.
  const allowed = 1 / (1 / rateOf('map') + 1 / rateOf('files'));
  console.log(`${lines.toLocaleString('en-US')} lines, median of ${rounds}\n`);
  console.log('| part | lines/s | of map | of what map and files allow together | peak RSS |');
  console.log('|---|---:|---:|---:|---:|');
  for (const { part, rate, rss } of rows) {
    const share = (of: number) => `${Math.round((100 * rate) / of)} %`;
    console.log(
      `| ${part} | ${Math.round(rate).toLocaleString('en-US')} | ${share(rateOf('map'))} | ${share(allowed)} | ${Math.round(rss / 1e6)} MB |`,
    );
  }
}

const [first = '1000000', second = '3', directory, lines] = process.argv.slice(2);
if (first === 'part') {
  const figures = await PARTS[second as Part](directory!, Number(lines));
  process.send!(figures, () => process.exit(0));
} else {
  await main(Number(first), Number(second));
}
