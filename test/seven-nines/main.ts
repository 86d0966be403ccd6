import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Effort, Row } from './comparison.ts';
import { ownQueueRows, sharedQueueRows, sharedScalingRows } from './parts/load.ts';
import { scalingRows, takeoverRows, textRows } from './parts/nodes.ts';
import { stormRows } from './parts/storms.ts';
import { heldBackRows, voteRows } from './parts/votes.ts';
import { table } from './tables.ts';
import { measuredCells, measuredThreads } from './trials/measured.ts';
import { distance } from './world/stats.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    part: { type: 'string', multiple: true },
    out: { type: 'string' },
  },
});
const effort: Effort = { share: values.quick ? 0.2 : 1, seed: Number(values.seed) };

/** Medians of take-overs, in milliseconds, measured with real threads and processes, on this machine and as loaded as it is. */
const measured: Record<string, number> = {};

async function ours(): Promise<Row[]> {
  measured.thread = await measuredThreads(values.quick ? 20 : 100);
  measured.cell = await measuredCells(values.quick ? 5 : 20);
  const windows = values.quick ? 40 : 200;
  const text = (ms: number): string => `${ms.toFixed(2)} ms`;
  return [
    ...(await takeoverRows(effort, 'thread', measured.thread, `a thread, ${text(measured.thread)}`, windows)),
    ...(await takeoverRows(effort, 'thread', measured.cell, `a process, ${text(measured.cell)}`, windows)),
  ].map((row) => ({ ...row, table: 'ours' }));
}

/** Parts that take long are begun first: the longest last in this list. */
const LONG = ['own', 'shared-scaling', 'shared'];

const PARTS: Record<string, () => Promise<Row[]>> = {
  text: () => textRows(effort),
  ours,
  scaling: () => scalingRows(effort),
  own: () => ownQueueRows(effort),
  shared: () => sharedQueueRows(effort),
  'shared-scaling': () => sharedScalingRows(effort),
  storm: () => stormRows(effort),
  votes: () => voteRows(effort),
  'held-back': () => heldBackRows(effort),
};

const wanted = values.part ?? Object.keys(PARTS);
for (const part of wanted)
  if (!Object.hasOwn(PARTS, part)) throw new Error(`--part: Expected one of ${Object.keys(PARTS).join(', ')}. Got ${part}.`);

const found = new Map<string, Row[]>();

async function simulate(part: string): Promise<void> {
  const from = performance.now();
  const rows = await PARTS[part]!();
  found.set(part, rows);
  console.log(`\n${part} (${Math.round((performance.now() - from) / 1_000)} s)\n\n${table(rows)}`);
}

/** The same in a process of its own. */
async function simulateBeside(part: string, folder: string): Promise<void> {
  const out = join(folder, `${part}.json`);
  const flags = ['--seed', values.seed, '--out', out, ...(values.quick ? ['--quick'] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), '--part', part, ...flags]);
  found.set(part, (JSON.parse(readFileSync(out, 'utf8')) as { rows: Row[] }).rows);
  process.stdout.write(stdout.replace(/\n\d+ of \d+ exact.*\n$/, ''));
}

// What is measured in real time is measured while nothing else is done.
if (wanted.includes('ours')) await simulate('ours');
const rest = wanted.filter((part) => part !== 'ours');
if (rest.length <= 1) for (const part of rest) await simulate(part);
else {
  const folder = mkdtempSync(join(tmpdir(), 'seven-nines-'));
  const left = rest.sort((a, b) => LONG.indexOf(b) - LONG.indexOf(a));
  const worker = async (): Promise<void> => {
    for (let part = left.shift(); part !== undefined; part = left.shift()) await simulateBeside(part, folder);
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const rows = Object.keys(PARTS).flatMap((part) => found.get(part) ?? []);
const exact = rows.filter((row) => row.exact);
const inside = exact.filter((row) => distance(row) <= 1).length;
console.log(`\n${inside} of ${exact.length} exact forecasts lie in the interval of 95 %.`);
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify({ seed: effort.seed, measured, rows }, undefined, 1)}\n`);
