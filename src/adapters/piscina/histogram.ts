import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Work } from '../../index.ts';

const PERCENTILES = {
  p0_001: 0.001,
  p0_01: 0.01,
  p0_1: 0.1,
  p1: 1,
  p2_5: 2.5,
  p10: 10,
  p25: 25,
  p50: 50,
  p75: 75,
  p90: 90,
  p97_5: 97.5,
  p99: 99,
  p99_9: 99.9,
  p99_99: 99.99,
  p99_999: 99.999,
} as const;

/** Times in milliseconds; `p50` and so on are percentiles. */
export type PiscinaHistogramSummary = {
  /** The same as `mean`. */
  average: number;
  /** Arithmetic mean. */
  mean: number;
  /** Standard deviation. */
  stddev: number;
  /** The shortest. */
  min: number;
  /** The longest. */
  max: number;
} & Record<keyof typeof PERCENTILES, number>;

/** What has been measured so far, or since it was reset. */
export interface PiscinaHistogram {
  /** From the start of a task to its end. */
  readonly runTime: PiscinaHistogramSummary;
  /** From `run` to the start of the task. */
  readonly waitTime: PiscinaHistogramSummary;
  /** Begins to measure `runTime` anew. */
  resetRunTime(): void;
  /** Begins to measure `waitTime` anew. */
  resetWaitTime(): void;
}

const NANOSECONDS = 1e6;

function summary(histogram: RecordableHistogram): PiscinaHistogramSummary {
  const { mean, stddev, min, max } = histogram;
  const entries = Object.entries(PERCENTILES).map(([name, share]) => [name, histogram.percentile(share) / NANOSECONDS]);
  const percentiles = Object.fromEntries(entries) as Record<keyof typeof PERCENTILES, number>;
  return {
    average: mean / NANOSECONDS,
    mean: mean / NANOSECONDS,
    stddev: stddev / NANOSECONDS,
    min: min / NANOSECONDS,
    max: max / NANOSECONDS,
    ...percentiles,
  };
}

const record = (histogram: RecordableHistogram, ms: number): void => histogram.record(Math.max(1, Math.round(ms * NANOSECONDS)));

/** Times of tasks, as the threads report them. */
export class Timing {
  readonly #run = createHistogram();
  readonly #wait = createHistogram();
  /** A plain object whose properties are its own, as programs print, copy and serialize it. */
  readonly histogram: PiscinaHistogram;

  constructor() {
    const [run, wait] = [this.#run, this.#wait];
    this.histogram = {
      get runTime() {
        return summary(run);
      },
      get waitTime() {
        return summary(wait);
      },
      resetRunTime: () => run.reset(),
      resetWaitTime: () => wait.reset(),
    };
  }

  /** Attempts that were reported together ran one after another: each has waited for those before it. */
  worked({ times, waited }: Work): void {
    for (let i = 1; i < times.length; i++) {
      record(this.#run, times[i]! - times[i - 1]!);
      if (waited !== undefined) record(this.#wait, waited + times[i - 1]! - times[0]!);
    }
  }

  /** Milliseconds that threads have spent in tasks. */
  get busy(): number {
    const { mean, count } = this.#run;
    return count === 0 ? 0 : (mean * count) / NANOSECONDS;
  }
}
