import type { WorkerOptions } from 'node:worker_threads';
import type { Ballot } from '../core/errors.ts';
import type { FailureKind } from '../core/failure.ts';
import type { RetryContext } from '../core/task.ts';

/** Time-outs of a task, in milliseconds; `Infinity` is none. */
export interface TimeoutOptions {
  /** One attempt, from its start on a thread. Default 30 000. */
  readonly run?: number;
  /** From acceptance to the first start. Default `Infinity`. */
  readonly queue?: number;
  /** From acceptance to settlement, over all attempts. Default `Infinity`. */
  readonly total?: number;
}

/** Retries, named as in p-retry. Times are milliseconds. */
export interface RetryOptions {
  /** Attempts after the first. Default 3. */
  readonly retries?: number;
  /** Delay before the second retry in a row (a first retry after a crash is immediate). Default 25. */
  readonly minTimeout?: number;
  /** Longest delay. Default 1 000. */
  readonly maxTimeout?: number;
  /** Growth of the delay from retry to retry. Default 2. */
  readonly factor?: number;
  /** Stretches each delay by a random factor of 1 to 2. Default `true`. */
  readonly randomize?: boolean;
  /** The failure kinds that are retried. Default `['crash', 'timeout', 'oom', 'startup']`; `oom` is retried once. */
  readonly on?: readonly FailureKind[];
  /** Decides for each failure, in place of `on`, also about a second `oom`. */
  readonly shouldRetry?: (context: RetryContext) => boolean;
}

/** Copies of a task that are voted on; see docs/redundancy.md. */
export interface RedundancyOptions {
  /** Copies that start at once, on different threads; at least 2. */
  readonly replicas: number;
  /** Equal results that make a verdict; more than half of `replicas`. Default a majority. */
  readonly quorum?: number;
  /** Copies at most, with those that settle a conflict. Default `replicas + 2`. */
  readonly maxReplicas?: number;
  /** When results are equal: `'exact'` (structural), numbers within a tolerance at any depth, or a function. Default `'exact'`. */
  readonly equal?: 'exact' | { readonly abs?: number; readonly rel?: number } | ((a: never, b: never) => boolean);
  /** Decides where there is no quorum: `'median'` of numbers, or a function of all ballots. Default: none, and a `NoQuorumError`. */
  readonly resolve?: 'median' | ((ballots: readonly Ballot[]) => unknown);
}

/** A second attempt beside one that takes long; see docs/hedging.md. */
export interface HedgeOptions {
  /** Milliseconds from the start of an attempt, or the time that 95 of 100 tasks of the same export stay below. Default `'p95'`. */
  readonly after?: 'p95' | number;
  /** Thread time for copies, as a share of what the tasks that name the same share take without them. Default 0.05. */
  readonly budget?: number;
}

/** Options of a pool. All times are milliseconds. */
export interface PoolOptions {
  /** The task module: a path, absolute or relative to the working directory, or a `file:` URL. */
  readonly filename: string | URL;
  /** Which export to call. Default `'default'`. */
  readonly name?: string;
  /** Worker threads that run tasks. Default `os.availableParallelism()`. */
  readonly threads?: number;
  /** Threads that stand by, task module loaded, and take over from a dead one at once. Default 1. */
  readonly spares?: number;
  /** A number is `{ run }`. Default `{ run: 30_000, queue: Infinity, total: Infinity }`. */
  readonly timeout?: number | TimeoutOptions;
  /** A thread must have loaded the task module within this. Default 10 000. */
  readonly startupTimeout?: number;
  /** Between a task's being told to stop (`context().signal`) and the end of its thread. Default 0. */
  readonly abortGrace?: number;
  /** A thread that has not exited so long after it was terminated is an orphan: counted, and its slot refilled. Default 2 000. */
  readonly terminateTimeout?: number;
  /** `close()` waits this long for accepted tasks, then rejects them. Default 30 000. */
  readonly closeTimeout?: number;
  /** `false`, a number of retries, or rules. Default 3. */
  readonly retry?: false | number | RetryOptions;
  /** `false`: a task that may have started is never started again. Default `true`. */
  readonly idempotent?: boolean;
  /** `false`, a number of copies of which a majority decides, or rules. Off by default. */
  readonly redundancy?: false | number | RedundancyOptions;
  /** A copy for an attempt that takes long; the first to finish wins. Off by default. */
  readonly hedge?: false | HedgeOptions;
  /** Refuses tasks of a key that failed by crash, oom or timeout `after` times in a row (default 3), for `ttl` (default 60 000). Off by default. */
  readonly quarantine?: { readonly key?: (task: never) => string; readonly after?: number; readonly ttl?: number };
  /** Share of thread time, 0 to 1, that retries and extra copies may take while fresh tasks wait; see docs/scheduling.md. Default 0.4. */
  readonly retryBudget?: number;
  /** How many threads may die without having done anything before the pool gives up. Default `{ intensity: 5, within: 30_000, minTimeout: 50, maxTimeout: 5_000 }`. */
  readonly restart?: { readonly intensity?: number; readonly within?: number; readonly minTimeout?: number; readonly maxTimeout?: number };
  /** Replaces a thread after so many tasks, or above so many megabytes of heap. Off by default. */
  readonly recycle?: { readonly tasks?: number; readonly heapMb?: number };
  /** Tasks that may wait; beyond it `run` rejects with `ERR_QUEUE_FULL`. Default `Infinity`. */
  readonly maxQueue?: number;
  /**
   * `'process'`: threads live in child processes, *cells*, so that a native crash costs a cell and not the program.
   * `'escalate'`: threads, but an attempt that follows a crash runs in a cell. Default `'thread'`.
   */
  readonly isolation?: 'thread' | 'process' | 'escalate';
  /** With `isolation: 'process'`: how many cells share the threads. Default: one for each thread. */
  readonly cells?: number;
  /**
   * With `isolation: 'process'` or `'escalate'`: the Node executable that cells run. Needed where the program is not run by one: in Electron, in a
   * single executable. Default `process.execPath`.
   */
  readonly execPath?: string;
  /** prom-client registry, name prefix and constant labels, or `false`. Default: a registry of the pool's own, `holdfast_`. */
  readonly metrics?: false | MetricsOptions;
  /** A fault plan from `holdfast/faults`. */
  readonly faults?: FaultPlanLike;
  /** As in `new Worker()`. */
  readonly resourceLimits?: WorkerOptions['resourceLimits'];
  readonly workerData?: unknown;
  readonly env?: WorkerOptions['env'];
  readonly argv?: readonly string[];
  readonly execArgv?: readonly string[];
}

/** How a pool reports its metrics. */
export interface MetricsOptions {
  /** A prom-client registry to report through; several pools may share one. Default: one of the pool's own. */
  readonly register?: MetricsRegister;
  /** What every metric's name begins with. Default `'holdfast_'`. */
  readonly prefix?: string;
  /** Constant labels. `pool` tells the pools of a process apart; default `pool-1`, `pool-2` and so on. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What is used of a prom-client `Registry`, whichever copy of prom-client it comes from. */
export interface MetricsRegister {
  readonly contentType: string;
  metrics(): Promise<string>;
  getSingleMetric(name: string): unknown;
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

/** What the pool needs of a fault plan: plain data, and the module that acts on it inside the thread. */
export interface FaultPlanLike {
  readonly module: string;
  readonly plan: unknown;
}

/** Options of one `run`; what is absent is the pool's. */
export interface RunOptions {
  /** Which export to call. */
  readonly name?: string;
  readonly timeout?: number | TimeoutOptions;
  readonly retry?: false | number | RetryOptions;
  readonly idempotent?: boolean;
  readonly redundancy?: false | number | RedundancyOptions;
  readonly hedge?: false | HedgeOptions;
  /** Higher goes first, a deadline as well as a rank; the lowest still get their turn. Default 0. */
  readonly priority?: number;
  /** Takes the task back: out of the queue, or off its thread. */
  readonly signal?: AbortSignal;
  /** Moves memory to the thread instead of copying it; such a task is started at most once. */
  readonly transferList?: readonly import('node:worker_threads').Transferable[];
  /** Quarantine key of this task, instead of the pool's `quarantine.key`. */
  readonly key?: string;
  /** Called with each value that the task passes to `context().progress`. */
  readonly onProgress?: (value: unknown) => void;
}
