import type { Contender } from '../contenders/contender.ts';
import type { Calibration, FigureName, Figures, Status } from '../results.ts';

/** How much is done: the same cases, more or less of each. */
export interface Scale {
  readonly name: 'quick' | 'full';
  readonly rounds: number;
  /** Milliseconds for which each pool runs no-ops before anything is measured. */
  readonly warmUpMs: number;
  /** How long a throughput is measured. */
  readonly seconds: number;
  /** How long a run under faults would take an ideal pool. */
  readonly faultSeconds: number;
  /** Milliseconds without a settlement, with tasks open, after which the contender counts as hung. */
  readonly stallMs: number;
  /** Tasks of `map`, queued tasks, thread deaths (few of them are noise: then none), take-overs. */
  readonly mapped: number;
  readonly queued: number;
  readonly deaths: number;
  readonly takeovers: number;
}

/** One set of parameters of a case. */
export interface Variant {
  readonly name: string;
  readonly params: Readonly<Record<string, number | string | boolean>>;
  /** Contenders that take part; all when absent. */
  readonly contenders?: readonly string[];
  /** A milder variant before this one: who hung or died there is not tried here. */
  readonly milder?: string;
}

/** What a case finds in the process of its contender. */
export interface Bench {
  readonly contender: Contender;
  readonly threads: number;
  readonly scale: Scale;
  readonly seed: number;
  readonly calibration: Calibration;
  /** Tells the runner how far the case has come, in case it has to be killed. */
  progress(figures: Figures): void;
}

export interface Outcome {
  readonly status: Status;
  readonly figures: Figures;
  readonly note?: string;
}

export interface Case {
  readonly name: string;
  readonly title: string;
  /** What is shown in the table, in order; the first is the one the charts show. */
  readonly columns: readonly FigureName[];
  variants(scale: Scale): readonly Variant[];
  /** A case that takes long and scatters little need not be run in every round. */
  readonly mostRounds?: number;
  /** Longest time one contender may take, in milliseconds; then its process is killed and it counts as hung. */
  limitMs(scale: Scale, variant: Variant): number;
  /** Runs in a process of the contender's own. */
  measure(bench: Bench, variant: Variant): Promise<Outcome>;
  /** The closed form for the same work, in a process of its own in the same round; absent for work that has no closed form. */
  ideal?(bench: Omit<Bench, 'contender'>, variant: Variant): Promise<Outcome>;
}

/** A side case needs not everyone in the quick run; the full one has them all. */
export const inQuick = ({ name }: Scale, contenders: readonly string[]): Pick<Variant, 'contenders'> =>
  name === 'quick' ? { contenders } : {};
