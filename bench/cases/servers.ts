import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareRequests } from '../contenders/bare-requests.ts';
import { Caller, type CallSlice } from '../drive/slices.ts';
import { middleRatioOf } from '../paired/ratio.ts';
import type { Figures } from '../results.ts';
import { quantile } from '../stats/quantiles.ts';
import type { Bench, Case, Outcome, Variant } from './case.ts';

const MODES: Readonly<Record<string, Record<string, unknown>>> = {
  replay: {},
  standby: { standby: 1 },
  journal: { journal: true },
  'three replicas': { replicas: 3 },
};
const variantsOf = (mode: string): Variant[] =>
  [1, 16, 256].map((inFlight) => ({ name: `${mode}, ${inFlight} in flight`, params: { mode, inFlight }, contenders: ['holdfast server'] }));

/** Slices of the server and of the bare thread in turn, in one process: what moves both at a moment says nothing about either. */
export const servers: Case = {
  name: 'servers',
  title: 'Calls of a server, beside requests to a bare thread',
  columns: [
    'ofBare',
    'ofBareLow',
    'ofBareHigh',
    'tasksPerSecond',
    'cpuMicros',
    'cpuOfBare',
    'p50',
    'p50OfBare',
    'p99',
    'wrong',
    'failed',
    'uncaught',
  ],
  variants: ({ name }) => (name === 'quick' ? variantsOf('replay') : Object.keys(MODES).flatMap(variantsOf)),
  limitMs: ({ seconds }) => seconds * 20_000 + 60_000,
  measure,
};

async function measure({ contender, scale, progress }: Bench, { params }: Variant): Promise<Outcome> {
  const { journal, ...options } = MODES[params.mode as string]!;
  const inFlight = Number(params.inFlight);
  const folder = journal === undefined ? undefined : mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const pools = [
    await contender.start({ threads: 1, holdfast: { ...options, ...(folder === undefined ? {} : { journal: join(folder, 'journal') }) } }),
    await bareRequests.start({ threads: 1 }),
  ];
  const [ours, bare] = pools.map((pool) => new Caller(pool)) as [Caller, Caller];
  const ms = scale.seconds * 40;
  for (const caller of [ours, bare]) await caller.slice(inFlight, scale.warmUpMs);
  const pairs: (readonly [ours: CallSlice, bare: CallSlice])[] = [];
  for (let i = 0; i < (scale.name === 'quick' ? 20 : 60); i++) {
    const first = await (i % 2 === 0 ? ours : bare).slice(inFlight, ms);
    const second = await (i % 2 === 0 ? bare : ours).slice(inFlight, ms);
    pairs.push(i % 2 === 0 ? [first, second] : [second, first]);
    progress({ settled: i });
  }
  for (const pool of pools) await pool.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  return { status: 'ok', figures: figuresOf(pairs) };
}

function figuresOf(pairs: readonly (readonly [ours: CallSlice, bare: CallSlice])[]): Figures {
  const all = (of: (slice: CallSlice) => number): [number[], number[]] => [
    pairs.map(([ours]) => of(ours)),
    pairs.map(([, bare]) => of(bare)),
  ];
  const middle = (of: (slice: CallSlice) => number): number => quantile(all(of)[0], 0.5);
  const ratio = (of: (slice: CallSlice) => number) => middleRatioOf(...all(of));
  const sum = (of: (slice: CallSlice) => number): number => all(of)[0].reduce((total, one) => total + one, 0);
  const speed = ratio(({ perSecond }) => perSecond);
  const p50 = ratio((slice) => slice.p50);
  const cpu = ratio(({ cpuMicros }) => cpuMicros);
  return {
    tasksPerSecond: middle(({ perSecond }) => perSecond),
    cpuMicros: middle(({ cpuMicros }) => cpuMicros),
    ...(speed === undefined ? {} : { ofBare: speed.ratio, ofBareLow: speed.low, ofBareHigh: speed.high }),
    ...(cpu === undefined ? {} : { cpuOfBare: cpu.ratio }),
    ...(p50 === undefined ? {} : { p50: middle((slice) => slice.p50), p99: middle((slice) => slice.p99), p50OfBare: p50.ratio }),
    wrong: sum(({ wrong }) => wrong),
    failed: sum(({ failed }) => failed),
  };
}
