import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
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

const rows: Row[] = [];
for (const part of wanted) {
  const from = performance.now();
  const found = await PARTS[part]!();
  rows.push(...found);
  console.log(`\n${part} (${Math.round((performance.now() - from) / 1_000)} s)\n\n${table(found)}`);
}
const exact = rows.filter((row) => row.exact);
const inside = exact.filter((row) => distance(row) <= 1).length;
console.log(`\n${inside} of ${exact.length} exact forecasts lie in the interval of 95 %.`);
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify({ seed: effort.seed, measured, rows }, undefined, 1)}\n`);
