import type { Spread } from './stats/quantiles.ts';

/** Everything the benchmark can measure. Rates are per second, times in milliseconds, memory in bytes. */
export interface Figures {
  tasksPerSecond?: number;
  /** Right results per second. */
  goodput?: number;
  /** `goodput` over that of the closed form, for the faults that really struck, both measured in the same round. */
  shareOfIdeal?: number;
  /** What the faults that struck cost an ideal pool for each right result, in milliseconds of thread time. */
  overheadMs?: number;
  megabytesPerSecond?: number;
  accepted?: number;
  settled?: number;
  /** Fulfilled with the right value. */
  right?: number;
  /** Neither fulfilled nor rejected when the pool hung, died, or was given up. */
  unanswered?: number;
  /** Rejected, for whatever reason. */
  failed?: number;
  /** Accepted and never settled. */
  lost?: number;
  /** Resolved with another value than the right one. */
  wrong?: number;
  /** Results delivered more than once. */
  duplicated?: number;
  /** Rejected although no fault ever struck them. */
  innocentsFailed?: number;
  /** Times a task's work was done to the end once more than needed. */
  reruns?: number;
  /** Uncaught exceptions and unhandled rejections in the main process. */
  uncaught?: number;
  p50?: number;
  p99?: number;
  p999?: number;
  /** From the last settlement under faults until all threads ran tasks at once again. */
  recoveryMs?: number;
  threadDeaths?: number;
  heapBytesPerTask?: number;
  rssBytesPerTask?: number;
  rssBytesPerDeath?: number;
  rssGrowthMb?: number;
  /** From the thread's exit event, and from its last instruction, to the next task's first instruction. */
  takeoverMs?: number;
  takeoverFromDeathMs?: number;
  /** The same in the slowest hundredth. */
  takeoverP99Ms?: number;
  fromDeathP99Ms?: number;
  /** Calls a second of those of a bare thread, in slices in turn: the the middle ratio, and its 95 % interval. */
  ofBare?: number;
  ofBareLow?: number;
  ofBareHigh?: number;
  /** The middle latency and the CPU time of a call, of those of a bare thread. */
  p50OfBare?: number;
  cpuOfBare?: number;
  /** CPU time of the process for one call, in microseconds. */
  cpuMicros?: number;
  /** Copies started for one result. */
  copiesPerTask?: number;
  /** Thread time of copies as a share of the thread time of all first attempts, as if none had been asked to stop. */
  extraLoad?: number;
  /** From the making of a pool until each thread has given a result. */
  startMs?: number;
  /** Memory of an idle thread, with its process if it has one of its own; pages that processes share are divided among them. */
  bytesPerThread?: number;
  /** Cores that other processes of the machine kept busy meanwhile, on average. */
  othersCores?: number;
  serviceMs?: number;
  replacementMs?: number;
}
export type FigureName = keyof Figures;

/**
 * `hung`: nothing settled any more while tasks were open. `died`: the process ended. `not tried`: it did not come through a milder
 * variant of the same.
 */
export type Status = 'ok' | 'hung' | 'died' | 'not tried';

/** What one contender did with one variant of one case in one round. */
export interface Sample {
  readonly case: string;
  readonly variant: string;
  readonly contender: string;
  readonly round: number;
  readonly status: Status;
  readonly figures: Figures;
  readonly note?: string;
}

/** All rounds of a contender with a variant. */
export interface Cell {
  readonly case: string;
  readonly variant: string;
  readonly contender: string;
  /** The worst status of any round. */
  readonly status: Status;
  readonly rounds: number;
  readonly figures: Partial<Record<FigureName, Spread>>;
  readonly note?: string;
}

/** What the machine gives, measured at the start of each round. */
export interface Calibration {
  /** Rounds of the busy loop in a millisecond of CPU. */
  readonly roundsPerMs: number;
  /** CPU time of a thread's start, task module loaded, and death by `process.exit`, on a machine with nothing else to do. */
  readonly threadMs: number;
  /** CPU time of a thread's replacement while all others work, with what its first jobs take beyond later ones. */
  readonly replacementMs: number;
  /** The same as `threadMs` for a death by an uncaught exception. */
  readonly crashMs: number;
  /** CPU time from the start of a thread to its death by its heap limit. */
  readonly oomMs: number;
}

export type Verdict = 'pass' | 'short' | 'not measured';

/** A goal of the project held against the figures. */
export interface GoalResult {
  readonly id: string;
  readonly goal: string;
  readonly verdict: Verdict;
  /** What was measured, in words and figures. */
  readonly measured: string;
}

export interface Report {
  readonly meta: {
    readonly startedAt: string;
    readonly seconds: number;
    readonly scale: string;
    readonly rounds: number;
    /** Processes that had ended when this was written, of all that were to run. */
    readonly units: { readonly done: number; readonly of: number };
    readonly threads: number;
    readonly seed: number;
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
    readonly platform: string;
    readonly versions: Readonly<Record<string, string>>;
    readonly setups: Readonly<Record<string, string>>;
    readonly command: string;
  };
  readonly calibration: readonly Calibration[];
  readonly goals: readonly GoalResult[];
  readonly cells: readonly Cell[];
}
