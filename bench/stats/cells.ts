import { IDEAL } from '../contenders/index.ts';
import type { Cell, FigureName, Sample, Status } from '../results.ts';
import { type Spread, spreadOf } from './quantiles.ts';

const WORSE: readonly Status[] = ['ok', 'not tried', 'hung', 'died'];
/** Of these the worst round counts, not the middle one: a loss in one round is a loss. */
const WORST_COUNTS: ReadonlySet<FigureName> = new Set(['lost', 'wrong', 'duplicated', 'innocentsFailed', 'uncaught']);

/** Samples of all rounds, put together per contender and variant, with the share of the same round's ideal. */
export function cellsOf(samples: readonly Sample[]): Cell[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples.map((each) => withShare(each, samples))) {
    const key = [sample.case, sample.variant, sample.contender].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()].map(cellOf);
}

/**
 * The ideal was measured without pool and faults; what the faults of this sample must cost is put on top, so that a run
 * that happened to draw a fault more is not blamed for it.
 */
function withShare(sample: Sample, all: readonly Sample[]): Sample {
  const ideal = all.find(
    (each) => each.contender === IDEAL && each.case === sample.case && each.variant === sample.variant && each.round === sample.round,
  );
  const { goodput: best, serviceMs, overheadMs: expectedMs = 0 } = ideal?.figures ?? {};
  const { goodput, overheadMs = expectedMs } = sample.figures;
  if (!best || !serviceMs || sample.contender === IDEAL || goodput === undefined) return sample;
  const bestHere = (best * (serviceMs + expectedMs)) / (serviceMs + overheadMs);
  return { ...sample, figures: { ...sample.figures, shareOfIdeal: goodput / bestHere } };
}

function cellOf(samples: readonly Sample[]): Cell {
  const { case: name, variant, contender } = samples[0]!;
  const status = samples.map((each) => each.status).sort((a, b) => WORSE.indexOf(b) - WORSE.indexOf(a))[0]!;
  const names = new Set(samples.flatMap((each) => Object.keys(each.figures) as FigureName[]));
  const figures: Partial<Record<FigureName, Spread>> = {};
  for (const figure of names) {
    const spread = spreadOf(samples.map((each) => each.figures[figure]));
    if (spread) figures[figure] = WORST_COUNTS.has(figure) ? { ...spread, median: spread.high } : spread;
  }
  const note = samples.find((each) => each.note)?.note;
  return { case: name, variant, contender, status, rounds: samples.length, figures, ...(note ? { note } : {}) };
}

/** Looks a figure's middle value up. */
export const figureOf = (cell: Cell | undefined, name: FigureName): number | undefined => cell?.figures[name]?.median;
