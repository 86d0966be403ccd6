import type { WorkerOptions } from 'node:worker_threads';
import type { Ballot } from '../core/errors.ts';
import type { FailureKind } from '../core/failure.ts';
import type { RetryContext } from '../core/task.ts';
import type { Tracing } from '../core/tracing.ts';

/** Time-outs of a task. A task that exceeds one fails with `TimeoutError`, whose `phase` says which. */
export interface TimeoutOptions {
  /** Milliseconds that one attempt may take from its start on a thread; `Infinity` is no limit. @default 30_000 */
  readonly run?: number | undefined;
  /** Milliseconds from acceptance to the first start; `Infinity` is no limit. @default Infinity */
  readonly queue?: number | undefined;
  /** Milliseconds from acceptance to settlement, over all attempts; `Infinity` is no limit. @default Infinity */
  readonly total?: number | undefined;
}

/** When, and how often, a failed attempt is followed by another. The names are those of p-retry. */
export interface RetryOptions {
  /** Attempts after the first. @default 3 */
  readonly retries?: number | undefined;
  /** Milliseconds before the first retry; the delay grows from retry to retry. The first retry after a crash is immediate. @default 25 */
  readonly minTimeout?: number | undefined;
  /** Milliseconds of the longest delay. @default 1_000 */
  readonly maxTimeout?: number | undefined;
  /** By what the delay is multiplied from retry to retry. @default 2 */
  readonly factor?: number | undefined;
  /** Stretches each delay by a random factor of 1 to 2. @default true */
  readonly randomize?: boolean | undefined;
  /** The failure kinds that are retried; `oom` is retried once. @default ['crash', 'timeout', 'oom', 'startup'] */
  readonly on?: readonly FailureKind[] | undefined;
  /** Decides for each failure, in place of `on`, also about a second `oom`. It must answer at once; what it throws fails the task. @default what `on` says */
  readonly shouldRetry?: ((context: RetryContext) => boolean) | undefined;
}

/** Copies of a task that are voted on; see docs/redundancy.md. */
export interface RedundancyOptions {
  /** Copies that start at once, each on its own thread; at least 2. */
  readonly replicas: number;
  /** How many equal results make a verdict; more than half of `replicas`. @default a majority of `replicas` */
  readonly quorum?: number | undefined;
  /** The most copies that may be run, including those that settle a conflict. @default replicas + 2 */
  readonly maxReplicas?: number | undefined;
  /** When results are equal: `'exact'` (structural), numbers within a tolerance at any depth, or a function. @default 'exact' */
  readonly equal?:
    | ('exact' | { readonly abs?: number | undefined; readonly rel?: number | undefined } | ((a: never, b: never) => boolean))
    | undefined;
  /** Decides where there is no quorum: `'median'` of numbers, or a function of all ballots. @default none: the task fails with `NoQuorumError` */
  readonly resolve?: ('median' | ((ballots: readonly Ballot[]) => unknown)) | undefined;
}

/** What a task calls. */
export interface CalledExport {
  /** The export. */
  readonly name: string;
  /** `file:` URL of its module, if that is not the pool's own. */
  readonly module: string | undefined;
}

/** A second attempt beside one that takes long; see docs/hedging.md. */
export interface HedgeOptions {
  /** Milliseconds from the start of an attempt to its copy; `'p95'` is the time within which 95 of 100 tasks of the same export end. @default 'p95' */
  readonly after?: 'p95' | number | undefined;
  /** Extra thread time that copies may use, as a fraction of that of normal attempts, 0 to 1. Tasks with the same number share one account. @default 0.05 */
  readonly budget?: number | undefined;
}

/** Options of a pool. Every time is in milliseconds. A bad value is refused with `ERR_INVALID_OPTION`. */
export interface PoolOptions {
  /**
   * The task module: a path, absolute or relative to the working directory, or a `file:` URL. Threads load it before their first task.
   * @default none: every `run` names its own
   */
  readonly filename?: string | URL | undefined;
  /** Which export of the task module is called. @default 'default' */
  readonly name?: string | undefined;
  /**
   * Worker threads that run tasks. A number: always this many. A range: more while tasks wait, fewer while there is nothing to do.
   * With `nodes`: all threads that they lend, within the range, changing as nodes come and go.
   * @default { min: 1, max: os.availableParallelism() }; with `nodes` all that they lend
   */
  readonly threads?: number | { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
  /** Milliseconds without a task after which a thread beyond `threads.min` is ended; `Infinity`: never. @default 30_000 */
  readonly idleTimeout?: number | undefined;
  /** Number of threads that stand by, with the task module loaded, and take over from a dead one at once. @default 1; with `nodes` see docs/nodes.md */
  readonly spares?: number | undefined;
  /** Milliseconds that one attempt may take, or all three limits. @default { run: 30_000, queue: Infinity, total: Infinity } */
  readonly timeout?: number | TimeoutOptions | undefined;
  /** Milliseconds within which a thread must have loaded the task module; otherwise it is replaced. @default 10_000 */
  readonly startupTimeout?: number | undefined;
  /** Milliseconds from asking a task to stop (`context().signal`) to terminating its thread. @default 0 */
  readonly abortGrace?: number | undefined;
  /**
   * Milliseconds after which a terminated thread that has not exited is an orphan: it is counted, and its slot is refilled. As long may the teardowns
   * of its task modules take before that. @default 2_000
   */
  readonly terminateTimeout?: number | undefined;
  /** Milliseconds that `close()` waits for accepted tasks before it rejects them with `ERR_POOL_CLOSED`. @default 30_000 */
  readonly closeTimeout?: number | undefined;
  /** `false`, a number of retries, or rules. @default 3 */
  readonly retry?: false | number | RetryOptions | undefined;
  /** With `false`, a task that may have started is never started again. @default true */
  readonly idempotent?: boolean | undefined;
  /** `false`, a number of copies of which a majority decides, or rules. @default false */
  readonly redundancy?: false | number | RedundancyOptions | undefined;
  /** A copy for an attempt that takes long; the first to finish wins. @default false */
  readonly hedge?: false | HedgeOptions | undefined;
  /**
   * Refuses the tasks of a key for `ttl` milliseconds once `after` of them in a row have failed by `crash`, `oom` or `timeout`. `key` makes
   * the key from the task's argument, and from which export of which module is called. @default off; `after: 3`, `ttl: 60_000`
   */
  readonly quarantine?:
    | {
        readonly key?: ((task: never, called: CalledExport) => string) | undefined;
        readonly after?: number | undefined;
        readonly ttl?: number | undefined;
      }
    | undefined;
  /** Share of thread time, 0 to 1, that retries and extra copies may take while fresh tasks wait; see docs/scheduling.md. @default 0.4 */
  readonly retryBudget?: number | undefined;
  /**
   * The pool fails with `ERR_POOL_FAILED` when more than `intensity` threads die within `within` milliseconds without having done anything.
   * Restarts are delayed from `minTimeout` to `maxTimeout` milliseconds, twice as long each time.
   * @default { intensity: 5, within: 30_000, minTimeout: 50, maxTimeout: 5_000 }
   */
  readonly restart?:
    | {
        readonly intensity?: number | undefined;
        readonly within?: number | undefined;
        readonly minTimeout?: number | undefined;
        readonly maxTimeout?: number | undefined;
      }
    | undefined;
  /** Replaces a thread after it has run `tasks` tasks, or when its heap exceeds `heapMb` megabytes. @default { tasks: Infinity, heapMb: Infinity } */
  readonly recycle?: { readonly tasks?: number | undefined; readonly heapMb?: number | undefined } | undefined;
  /** Number of tasks that may wait; beyond it `run` rejects with `ERR_QUEUE_FULL`. @default Infinity */
  readonly maxQueue?: number | undefined;
  /**
   * `'process'`: threads live in child processes, *cells*, so that a native crash costs a cell and not the program.
   * `'escalate'`: threads, but an attempt that follows a crash runs in a cell. @default 'thread'
   */
  readonly isolation?: 'thread' | 'process' | 'escalate' | undefined;
  /** Number of cells: with `'process'` they share the threads, with `'escalate'` each has one. @default one for each thread; 1 with `'escalate'` */
  readonly cells?: number | undefined;
  /**
   * With `isolation: 'process'` or `'escalate'`: the Node executable that cells run. Needed where the program is not run by one: in Electron, in a
   * single executable. @default process.execPath
   */
  readonly execPath?: string | undefined;
  /** Runs tasks on threads of other machines, which `holdfast node` lends. The package `ioredis` must be installed. @default threads of this machine */
  readonly nodes?: NodesOptions | undefined;
  /** How the pool reports its metrics; `false`: not at all. @default a registry of the pool's own, prefix `holdfast_` */
  readonly metrics?: false | MetricsOptions | undefined;
  /** A fault plan from `holdfast/faults`, for tests. @default none */
  readonly faults?: FaultPlanLike | undefined;
  /** Spans for OpenTelemetry: what `otel()` of `holdfast/otel` returns; see docs/tracing.md. @default none */
  readonly tracing?: Tracing | undefined;
  /** Memory limits of a thread in megabytes, as in `new Worker()`. Values that no thread could start with are refused. @default Node's */
  readonly resourceLimits?: WorkerOptions['resourceLimits'] | undefined;
  /** What `workerData` of `node:worker_threads` is in every thread; it must be cloneable. @default undefined */
  readonly workerData?: unknown;
  /** Environment of the threads, or `SHARE_ENV`. @default a copy of `process.env` */
  readonly env?: WorkerOptions['env'] | undefined;
  /** Appended to `process.argv` in the threads. @default [] */
  readonly argv?: readonly string[] | undefined;
  /** Node's own flags for the threads. @default those of the program */
  readonly execArgv?: readonly string[] | undefined;
}

/** Threads on other machines; see docs/nodes.md. */
export interface NodesOptions {
  /**
   * The Redis through which pool and nodes find each other: `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS.
   * @default the environment variable `HOLDFAST_NODES`
   */
  readonly url?: string | undefined;
  /** Name that pool and nodes have in common, so that several groups can share a Redis. @default 'default' */
  readonly name?: string | undefined;
  /** A version of your own, which nodes must have as well: of what the task module imports, say. @default none */
  readonly version?: string | undefined;
  /** Milliseconds without a beat after which a node is dead; those in which the broker did not answer do not count. At least 100. @default 2_000 */
  readonly silence?: number | undefined;
  /** Milliseconds that the broker may be away before the pool fails. @default 30_000 */
  readonly brokerTimeout?: number | undefined;
  /** Most bytes of an input or a result; beyond it the task fails with `ERR_TASK_NOT_CLONEABLE`. @default 67_108_864 */
  readonly maxPayload?: number | undefined;
  /** Whether copies of a task must run in different domains, or only do if there are enough. @default 'prefer' */
  readonly spread?: 'prefer' | 'require' | undefined;
}

/** How a pool reports its metrics. */
export interface MetricsOptions {
  /** A prom-client registry to report through; several pools may share one. @default one of the pool's own */
  readonly register?: MetricsRegister | undefined;
  /** What the name of every metric begins with. @default 'holdfast_' */
  readonly prefix?: string | undefined;
  /** Upper bounds of the buckets of every histogram, in seconds, ascending. @default 23 of them, from 0.0001 to 600 */
  readonly buckets?: readonly number[] | undefined;
  /** Whether the histograms of tasks are of the pool or of each export, with a label `task`: then each export adds three. @default 'pool' */
  readonly histograms?: 'pool' | 'task' | undefined;
  /** Constant labels. `pool` tells the pools of a process apart. @default { pool: 'pool-1' }, `pool-2` and so on */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** What is used of a prom-client `Registry`, whichever copy of prom-client it comes from. */
export interface MetricsRegister {
  /** For the response header. */
  readonly contentType: string;
  /** The text to serve. */
  metrics(): Promise<string>;
  /** The metric of that name, if there is one. */
  getSingleMetric(name: string): unknown;
  /** Adds a metric. */
  registerMetric(metric: never): void;
  /** Takes a metric out. */
  removeSingleMetric(name: string): void;
}

/** What the pool needs of a fault plan: plain data, and the module that acts on it inside the thread. */
export interface FaultPlanLike {
  readonly module: string;
  readonly plan: unknown;
}

/** Options of one `run`. What is absent is taken from the pool. */
export interface RunOptions {
  /** The task module, loaded in a thread when it is first needed there. @default the pool's */
  readonly filename?: string | URL | undefined;
  /** Which export of the task module is called. @default the pool's */
  readonly name?: string | undefined;
  /** Milliseconds that one attempt may take, or any of the three limits. @default the pool's, limit by limit */
  readonly timeout?: number | TimeoutOptions | undefined;
  /** `false`, a number of retries, or rules. @default the pool's, rule by rule */
  readonly retry?: false | number | RetryOptions | undefined;
  /** With `false`, the task is never started again once it may have started. @default the pool's */
  readonly idempotent?: boolean | undefined;
  /** `false`, a number of copies of which a majority decides, or rules. @default the pool's */
  readonly redundancy?: false | number | RedundancyOptions | undefined;
  /** `false`, or when a copy is started beside a slow attempt. @default the pool's, unless the task has `redundancy` */
  readonly hedge?: false | HedgeOptions | undefined;
  /** Higher goes first, a deadline as well as a rank; the lowest still get their turn. @default 0 */
  readonly priority?: number | undefined;
  /** Aborts the task: it leaves the queue, or its thread is asked to stop and then terminated. It rejects with `AbortError`. @default none */
  readonly signal?: AbortSignal | undefined;
  /** Objects whose memory moves to the thread instead of being copied. Such a task is started at most once. @default [] */
  readonly transferList?: readonly import('node:worker_threads').Transferable[] | undefined;
  /** Quarantine key of this task. @default what the pool's `quarantine.key` makes */
  readonly key?: string | undefined;
  /** Called with each value that the task passes to `context().progress`. What it throws is ignored. @default none */
  readonly onProgress?: ((value: unknown) => void) | undefined;
}
