import { availableParallelism } from 'node:os';
import { inspect } from 'node:util';
import type { WorkerOptions } from 'node:worker_threads';
import { ownOf } from '../../core/foreign/foreign.ts';
import { InvalidOptionError, OptionRangeError, type PoolOptions, type RunOptions as PoolRunOptions } from '../../index.ts';
import { pathOf } from './module-file.ts';
import { isTaskQueue, type TaskQueue } from './queues.ts';

/** What Holdfast can do besides; Piscina has nothing of it. */
export type HoldfastOptions = Omit<
  PoolOptions,
  | 'filename'
  | 'name'
  | 'threads'
  | 'idleTimeout'
  | 'resourceLimits'
  | 'env'
  | 'argv'
  | 'execArgv'
  | 'workerData'
  | 'maxQueue'
  | 'closeTimeout'
>;
/** The same for one task. */
export type HoldfastRunOptions = Omit<PoolRunOptions, 'filename' | 'name' | 'signal' | 'transferList'>;

/** Options of the constructor: Piscina's, with its defaults, and `holdfast`. Times are in milliseconds. */
export interface PiscinaOptions {
  /** The task module: an absolute path or a `file:` URL as text. @default none: each `run` names one */
  readonly filename?: string | null | undefined;
  /** Which export of it is called. @default 'default' */
  readonly name?: string | null | undefined;
  /** Threads that are always there. @default half the cores, at least 1 */
  readonly minThreads?: number | undefined;
  /** Threads at most. @default one and a half a core */
  readonly maxThreads?: number | undefined;
  /** Time after which a thread above `minThreads` ends if it has nothing to do; below 100 it is 100. @default 0 */
  readonly idleTimeout?: number | undefined;
  /** Tasks that may wait; `'auto'` is the square of `maxThreads`. @default Infinity */
  readonly maxQueue?: number | 'auto' | undefined;
  /** How many tasks may run at once for each of `maxThreads`; here each of them has a thread of its own. @default 1 */
  readonly concurrentTasksPerWorker?: number | undefined;
  /** Checked, without effect: an idle thread sleeps for 20 ms, then waits in its event loop. @default 'sync' */
  readonly atomics?: 'sync' | 'async' | 'disabled' | undefined;
  /** Memory limits of a thread, as in `new Worker()`. @default Node's */
  readonly resourceLimits?: WorkerOptions['resourceLimits'] | undefined;
  /** Appended to `process.argv` in the threads, each as text. @default [] */
  readonly argv?: readonly unknown[] | undefined;
  /** Node's own flags for the threads. @default those of the program */
  readonly execArgv?: readonly string[] | undefined;
  /** Environment of the threads, or `SHARE_ENV`. @default a copy of `process.env` */
  readonly env?: WorkerOptions['env'] | null | undefined;
  /** What `workerData` is in every thread. @default undefined */
  readonly workerData?: unknown;
  /** Decides which of the waiting tasks is next. @default first in, first out */
  readonly taskQueue?: TaskQueue | undefined;
  /** Refused above 0. @default 0 */
  readonly niceIncrement?: number | undefined;
  /** `false` is refused. @default true */
  readonly trackUnmanagedFds?: boolean | undefined;
  /** How long `close()` waits for tasks. @default 30_000 */
  readonly closeTimeout?: number | undefined;
  /** Whether there are histograms. @default true */
  readonly recordTiming?: boolean | undefined;
  /** Checked, without effect: tasks begin in their order. @default false */
  readonly stricterFIFO?: boolean | undefined;
  /** Refused: the pool places tasks itself, by what it knows of dying and blocked threads. @default none */
  readonly loadBalancer?: unknown;
  /** `true` is refused. @default false */
  readonly workerHistogram?: boolean | undefined;
  /** What Piscina does not have: `retry`, `timeout`, `idempotent`, `spares`, `isolation` and so on. @default Piscina's behaviour */
  readonly holdfast?: HoldfastOptions | undefined;
}

/** The same, with every default filled in: `pool.options`. */
export interface FilledOptions extends PiscinaOptions {
  readonly filename: string | null;
  readonly name: string;
  readonly minThreads: number;
  readonly maxThreads: number;
  readonly idleTimeout: number;
  readonly maxQueue: number;
  readonly concurrentTasksPerWorker: number;
  readonly atomics: 'sync' | 'async' | 'disabled';
  readonly niceIncrement: number;
  readonly trackUnmanagedFds: boolean;
  readonly closeTimeout: number;
  readonly recordTiming: boolean;
  readonly stricterFIFO: boolean;
  readonly workerHistogram: boolean;
}

const got = (value: unknown): string =>
  inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 60 }).slice(0, 120);

/** Refuses a value of the wrong kind, in the words that programs for Piscina may look for. */
export function wrongType(path: string, expected: string, value: unknown): never {
  throw new InvalidOptionError(`${path} must be ${expected}. Got ${got(value)}.`);
}

/** Refuses what this pool cannot do, and says why. */
export function refused(path: string, why: string): never {
  throw new InvalidOptionError(`${path}: holdfast/piscina does not have it: ${why}`);
}

function text(path: string, value: unknown): void {
  if (value !== undefined && value !== null && typeof value !== 'string') wrongType(path, 'a string or null', value);
}

function count(path: string, value: unknown, min: number, where = ''): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !(value >= min)) {
    wrongType(path, `a ${min === 0 ? 'non-negative' : 'positive'} integer${where}`, value);
  }
}

function flag(path: string, value: unknown, expected = 'a boolean'): void {
  if (value !== undefined && typeof value !== 'boolean') wrongType(path, expected, value);
}

function check(given: PiscinaOptions): void {
  text('options.filename', given.filename);
  text('options.name', given.name);
  count('options.minThreads', given.minThreads, 0);
  count('options.maxThreads', given.maxThreads, 1);
  count('options.idleTimeout', given.idleTimeout, 0);
  if (given.maxQueue !== 'auto') count('options.maxQueue', given.maxQueue, 0);
  count('options.concurrentTasksPerWorker', given.concurrentTasksPerWorker, 1);
  count('options.closeTimeout', given.closeTimeout, 0);
  count('options.niceIncrement', given.niceIncrement, 0, ' on Unix systems');
  flag('options.trackUnmanagedFds', given.trackUnmanagedFds, 'a boolean value');
  for (const name of ['recordTiming', 'stricterFIFO', 'workerHistogram'] as const) flag(`options.${name}`, given[name]);
  const { atomics = 'sync', taskQueue, minThreads = 0, maxThreads = Number.POSITIVE_INFINITY, resourceLimits } = given;
  if (!['sync', 'async', 'disabled'].includes(atomics)) wrongType('options.atomics', "'sync', 'async' or 'disabled'", atomics);
  if (resourceLimits !== undefined && (typeof resourceLimits !== 'object' || resourceLimits === null)) {
    wrongType('options.resourceLimits', 'an object', resourceLimits);
  }
  if (taskQueue !== undefined && !isTaskQueue(taskQueue)) {
    wrongType('options.taskQueue', 'a TaskQueue object, with size, push(), shift() and remove()', taskQueue);
  }
  if (minThreads > maxThreads) {
    throw new OptionRangeError(
      `options.minThreads and options.maxThreads must not conflict. Expected no more than ${maxThreads} for minThreads. Got ${minThreads}.`,
    );
  }
}

/** Options of tinypool that a program would miss, and what is there instead. */
const OF_TINYPOOL: Readonly<Record<string, string>> = {
  isolateWorkers: 'Set holdfast: { recycle: { tasks: 1 } }, and every task has a fresh thread.',
  maxMemoryLimitBeforeRecycle: 'Set holdfast: { recycle: { heapMb } }.',
  runtime: "Set holdfast: { isolation: 'process' } for processes, and leave it out for threads.",
  teardown: 'Export a function called teardown from the task module.',
};

/** Piscina ignores what it does not know; so does this, but for what changes how tasks run. */
function refuseTinypool(given: Readonly<Record<string, unknown>>): void {
  for (const [name, instead] of Object.entries(OF_TINYPOOL)) {
    const value = given[name];
    if (value !== undefined && value !== false && value !== 'worker_threads') refused(`options.${name}`, `it is tinypool's. ${instead}`);
  }
}

function refuse({ niceIncrement = 0, trackUnmanagedFds = true, loadBalancer, workerHistogram = false }: PiscinaOptions): void {
  if (loadBalancer !== undefined) {
    if (typeof loadBalancer !== 'function') wrongType('options.loadBalancer', 'a function with at least two args', loadBalancer);
    refused(
      'options.loadBalancer',
      'the pool places tasks by what it knows of threads that are busy, blocked or about to be replaced. Leave it out.',
    );
  }
  if (niceIncrement > 0)
    refused('options.niceIncrement', 'it needs native code in every thread. Use os.setPriority, or nice(1) for the program.');
  if (!trackUnmanagedFds)
    refused('options.trackUnmanagedFds', 'what a task leaves open is closed when its thread ends. Leave it out, or set true.');
  if (workerHistogram) refused('options.workerHistogram', 'only a load balancer sees it. Use histogram, or the metrics of holdfast.');
}

/** @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION` */
export function fill(options: PiscinaOptions): FilledOptions {
  if (typeof options !== 'object' || options === null) wrongType('options', 'an object', options);
  const given = ownOf(options);
  check(given);
  refuse(given);
  refuseTinypool(given as Readonly<Record<string, unknown>>);
  const cores = availableParallelism();
  let minThreads = given.minThreads ?? Math.max(Math.floor(cores / 2), 1);
  let maxThreads = given.maxThreads ?? cores * 1.5;
  if (given.maxThreads !== undefined) minThreads = Math.min(minThreads, maxThreads);
  if (given.minThreads !== undefined) maxThreads = Math.max(maxThreads, minThreads);
  return {
    ...given,
    filename: pathOf(given.filename ?? null),
    name: given.name ?? 'default',
    minThreads,
    maxThreads,
    idleTimeout: given.idleTimeout ?? 0,
    maxQueue: given.maxQueue === 'auto' ? maxThreads ** 2 : (given.maxQueue ?? Number.POSITIVE_INFINITY),
    concurrentTasksPerWorker: given.concurrentTasksPerWorker ?? 1,
    atomics: given.atomics ?? 'sync',
    niceIncrement: 0,
    trackUnmanagedFds: true,
    closeTimeout: given.closeTimeout ?? 30_000,
    recordTiming: given.recordTiming ?? true,
    stricterFIFO: given.stricterFIFO ?? false,
    workerHistogram: false,
  };
}

/** Milliseconds. A thread that ended at once would do so while the next task is on its way to it, and that may run only once. */
const LEAST_IDLE = 100;

/** Tasks that may run at the same time. */
export function capacityOf({ maxThreads, concurrentTasksPerWorker }: FilledOptions): number {
  return Math.max(1, Math.floor(maxThreads)) * Math.floor(concurrentTasksPerWorker);
}

/**
 * How the pool below is made. It has no task module of its own: each task names one, so that one that does not load harms only its tasks. A task runs at most once, for as long as it likes, because Piscina's do;
 * `holdfast` says otherwise.
 */
export function poolOptions(options: FilledOptions): PoolOptions {
  const { minThreads, idleTimeout, resourceLimits, env, argv, execArgv, workerData, closeTimeout, holdfast } = options;
  const max = capacityOf(options);
  return {
    retry: false,
    timeout: Number.POSITIVE_INFINITY,
    idempotent: false,
    spares: 0,
    ...holdfast,
    threads: { min: Math.min(Math.floor(minThreads), max), max },
    idleTimeout: Math.max(LEAST_IDLE, Math.ceil(idleTimeout)),
    closeTimeout: Math.ceil(closeTimeout),
    resourceLimits,
    env: env ?? undefined,
    argv: Array.isArray(argv) ? argv.map(String) : (argv as undefined),
    execArgv,
    workerData,
  };
}
