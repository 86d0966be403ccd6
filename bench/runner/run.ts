import type { Scale } from '../cases/case.ts';
import { IDEAL } from '../contenders/index.ts';
import type { Calibration, Sample } from '../results.ts';
import type { Order } from './messages.ts';
import { type Ending, runChild } from './run-child.ts';
import type { Unit } from './schedule.ts';

export interface RunOptions {
  readonly scale: Scale;
  readonly threads: number;
  readonly seed: number;
  readonly onStart?: (unit: Unit, index: number, total: number) => void;
  readonly onSample?: (sample: Sample) => void;
  /** A case is over in a round, and it was not the last: what is known by now. */
  readonly onCase?: (soFar: Measured) => void;
  /** Starts a process; another one in tests. */
  readonly start?: (order: Order, limitMs: number) => Promise<Ending>;
}

const CALIBRATION_LIMIT_MS = 60_000;

/** What was measured so far. */
export interface Measured {
  readonly samples: readonly Sample[];
  readonly calibrations: readonly Calibration[];
  /** Units that are over, of all there are. */
  readonly done: number;
  readonly of: number;
}

/** Runs all units one after the other. A contender that hung or died in a variant is tried there no more, nor in harder ones. */
export async function runUnits(units: readonly Unit[], options: RunOptions): Promise<Measured> {
  const samples: Sample[] = [];
  const calibrations: Calibration[] = [];
  const fallen = new Set<string>();
  for (const [index, unit] of units.entries()) {
    if (calibrations.length < unit.round) calibrations.push(await calibrated(options, calibrations[0]));
    const { milder } = unit.variant;
    if (fallen.has(placeOf(unit))) {
      // That was said when it fell.
    } else if (milder !== undefined && fallen.has(placeOf(unit, milder))) {
      fallen.add(placeOf(unit));
      samples.push({ ...nameOf(unit), status: 'not tried', figures: {}, note: `it did not come through ${milder}` });
    } else {
      options.onStart?.(unit, index, units.length);
      const sample = await measured(unit, calibrations[unit.round - 1]!, options);
      if (sample.status !== 'ok' && unit.contender !== IDEAL) fallen.add(placeOf(unit));
      samples.push(sample);
      options.onSample?.(sample);
    }
    const next = units[index + 1];
    if (next !== undefined && (next.case !== unit.case || next.round !== unit.round))
      options.onCase?.({ samples, calibrations, done: index + 1, of: units.length });
  }
  return { samples, calibrations, done: units.length, of: units.length };
}

/** Where a contender can fall. */
const placeOf = (unit: Unit, variant: string = unit.variant.name): string => [unit.case.name, variant, unit.contender].join('\n');

async function measured(unit: Unit, calibration: Calibration, { scale, threads, seed, start = runChild }: RunOptions): Promise<Sample> {
  const { contender, variant, round } = unit;
  const order: Order = { kind: 'measure', case: unit.case.name, variant, contender, scale, threads, seed: seed + round, calibration };
  return sampleOf(unit, await start(order, unit.case.limitMs(scale, variant)));
}

/** The pace of the busy loop is that of the first round for good, so that all rounds do the same work. */
async function calibrated({ scale, threads, start = runChild }: RunOptions, first: Calibration | undefined): Promise<Calibration> {
  const ending = await start({ kind: 'calibrate', deaths: scale.name === 'quick' ? 5 : 15, threads }, CALIBRATION_LIMIT_MS);
  if (ending.kind !== 'calibration') throw new Error(`The machine could not be calibrated: ${JSON.stringify(ending)}`);
  return first ? { ...ending.calibration, roundsPerMs: first.roundsPerMs } : ending.calibration;
}

const nameOf = (unit: Unit): Pick<Sample, 'case' | 'variant' | 'contender' | 'round'> => ({
  case: unit.case.name,
  variant: unit.variant.name,
  contender: unit.contender,
  round: unit.round,
});

function sampleOf(unit: Unit, ending: Ending): Sample {
  const base = nameOf(unit);
  switch (ending.kind) {
    case 'outcome':
      return { ...base, ...ending.outcome };
    case 'too late':
      return { ...base, status: 'hung', figures: withLost(ending.figures), note: 'killed after its time limit' };
    case 'died':
      return { ...base, status: 'died', figures: withLost(ending.figures), note: `the process ended: ${ending.how}` };
    case 'calibration':
      throw new Error('Expected an outcome. Got a calibration.');
  }
}

const withLost = (figures: Sample['figures']): Sample['figures'] =>
  figures.accepted === undefined ? figures : { ...figures, lost: figures.accepted - (figures.settled ?? 0) };
