import { FAILURE_KINDS } from '../core/failure.ts';
import type { Given } from '../core/foreign/given.ts';
import { checkRuntime } from '../core/installation.ts';
import type { RetryRules, TimeLimits } from '../core/task.ts';
import type { Tracing } from '../core/tracing.ts';
import type { HedgeRules } from '../policies/hedging/rules.ts';
import type { RedundancyRules } from '../policies/redundancy/rules.ts';
import {
  arrayOf,
  boolean,
  type Check,
  fn,
  object,
  oneOf,
  outOfRange,
  real,
  type Shape,
  shaped,
  string,
  whole,
  wrongType,
} from './checks.ts';
import { checkCompetition, hedgeRules, redundancyRules } from './competition.ts';
import { metrics } from './metrics-options.ts';
import { moduleFile } from './module-file.ts';
import { nodes, type ResolvedNodes, resolveNodes } from './nodes.ts';
import { env, resourceLimits, strings, workerData } from './thread-settings.ts';
import { defaultThreads, type ThreadRange, threads, threadsOnNodes } from './threads.ts';
import type { CalledExport, FaultPlanLike, MetricsOptions, PoolOptions, RetryOptions, TimeoutOptions } from './types.ts';

const milliseconds = whole(0, 'milliseconds');
/** A limit of 0 would end a task before it began. */
const limit = whole(1, 'milliseconds', 'no limit');

const NO_LIMITS: TimeLimits = { run: 30_000, queue: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY };
const RETRY: RetryRules = {
  retries: 3,
  minTimeout: 25,
  maxTimeout: 1_000,
  factor: 2,
  randomize: true,
  on: ['crash', 'timeout', 'oom', 'startup'],
  shouldRetry: undefined,
};

const RESTART = { intensity: 5, within: 30_000, minTimeout: 50, maxTimeout: 5_000 };

const timeoutShape = shaped<TimeoutOptions>({ run: limit, queue: limit, total: limit });
const retryShape = shaped<RetryOptions>({
  retries: whole(0, '', 'forever'),
  minTimeout: milliseconds,
  maxTimeout: milliseconds,
  factor: real(1, 1_000),
  randomize: boolean,
  on: arrayOf(oneOf(...FAILURE_KINDS), 'failure kinds'),
  shouldRetry: fn as Check<NonNullable<RetryOptions['shouldRetry']>>,
});

/** A number is the run limit; what is absent is taken from `base`. */
export const timeout =
  (base: TimeLimits): Check<TimeLimits> =>
  (value, path) => {
    if (typeof value === 'number') return { ...base, run: limit(value, path) };
    if (typeof value === 'object' && value !== null) return { ...base, ...timeoutShape(value, path) };
    return wrongType(path, 'a whole number of milliseconds, Infinity (no limit), or an object { run, queue, total }', value);
  };

/** `false` and 0 are no retries; what is absent is taken from `base`. */
export const retry =
  (base: RetryRules): Check<RetryRules> =>
  (value, path) => {
    if (value === false) return { ...base, retries: 0 };
    if (typeof value === 'number') return { ...base, retries: whole(0, '', 'forever')(value, path) };
    if (typeof value !== 'object') return wrongType(path, 'false, a number of retries, or an object of rules', value);
    const rules: RetryRules = { ...base, ...retryShape(value, path) };
    if (rules.maxTimeout < rules.minTimeout)
      outOfRange(`${path}.maxTimeout`, `at least minTimeout (${rules.minTimeout})`, rules.maxTimeout);
    return rules;
  };

const faults: Check<FaultPlanLike> = (value, path) => {
  const plan = object(value, path);
  if (typeof plan.module !== 'string') wrongType(path, "a plan made by faultPlan() of 'holdfast/faults'", value);
  return { module: plan.module as string, plan: plan.plan };
};

const tracing: Check<Tracing> = (value, path) => {
  const { module, accepted } = object(value, path);
  const made = typeof module === 'string' && typeof accepted === 'function';
  return made ? (value as Tracing) : wrongType(path, "what otel() of 'holdfast/otel' returns", value);
};

const quarantine = shaped<NonNullable<PoolOptions['quarantine']>>({ key: fn, after: whole(1, 'failures'), ttl: milliseconds });
const restartShape = shaped<NonNullable<PoolOptions['restart']>>({
  intensity: whole(0, 'restarts'),
  within: whole(1, 'milliseconds'),
  minTimeout: milliseconds,
  maxTimeout: milliseconds,
});
const restart: Check<ResolvedOptions['restart']> = (value, path) => {
  const rules = { ...RESTART, ...restartShape(value, path) };
  if (rules.maxTimeout < rules.minTimeout) outOfRange(`${path}.maxTimeout`, `at least minTimeout (${rules.minTimeout})`, rules.maxTimeout);
  return rules;
};
const recycle = shaped<NonNullable<PoolOptions['recycle']>>({ tasks: whole(1, 'tasks', 'never'), heapMb: whole(1, 'megabytes', 'never') });

const filled =
  <T extends object>(check: Check<Given<T>>, defaults: T): Check<T> =>
  (value, path) =>
    Object.assign(Object.create(null) as object, defaults, check(value, path)) as T;

/** Every option of a pool, checked, with every default filled in. */
export interface ResolvedOptions {
  /** `file:` URL; absent where every call names its own. */
  readonly filename: string | undefined;
  readonly name: string;
  readonly threads: ThreadRange;
  readonly idleTimeout: number;
  /** Absent: one, or what the nodes ask for. */
  readonly spares: number | undefined;
  readonly timeout: TimeLimits;
  readonly startupTimeout: number;
  readonly abortGrace: number;
  readonly terminateTimeout: number;
  readonly closeTimeout: number;
  readonly retry: RetryRules;
  readonly idempotent: boolean;
  readonly redundancy: RedundancyRules | false;
  readonly hedge: HedgeRules | false;
  readonly quarantine:
    | { readonly key?: (task: never, called: CalledExport) => string; readonly after: number; readonly ttl: number }
    | undefined;
  readonly retryBudget: number;
  readonly restart: { readonly intensity: number; readonly within: number; readonly minTimeout: number; readonly maxTimeout: number };
  readonly recycle: { readonly tasks: number; readonly heapMb: number };
  readonly maxQueue: number;
  readonly isolation: 'thread' | 'process' | 'escalate';
  readonly cells: number | undefined;
  readonly execPath: string | undefined;
  readonly nodes: ResolvedNodes | undefined;
  readonly metrics: false | MetricsOptions;
  readonly faults: FaultPlanLike | undefined;
  readonly tracing: Tracing | undefined;
  readonly resourceLimits: PoolOptions['resourceLimits'];
  readonly workerData: unknown;
  readonly env: PoolOptions['env'];
  readonly argv: readonly string[] | undefined;
  readonly execArgv: readonly string[] | undefined;
}

const NEVER = { tasks: Number.POSITIVE_INFINITY, heapMb: Number.POSITIVE_INFINITY };

/** Every option once: its check, which also gives it its final form. */
export const POOL_OPTIONS: Shape<ResolvedOptions> = {
  filename: moduleFile as never,
  name: string,
  threads,
  idleTimeout: whole(0, 'milliseconds', 'forever'),
  spares: whole(0, 'threads'),
  timeout: timeout(NO_LIMITS),
  startupTimeout: limit,
  abortGrace: milliseconds,
  terminateTimeout: whole(1, 'milliseconds'),
  closeTimeout: whole(0, 'milliseconds', 'forever'),
  retry: retry(RETRY),
  idempotent: boolean,
  redundancy: redundancyRules,
  hedge: hedgeRules,
  quarantine: filled(quarantine as never, { after: 3, ttl: 60_000 }) as never,
  retryBudget: real(0, 1),
  restart,
  recycle: filled(recycle as never, NEVER),
  maxQueue: whole(0, 'tasks', 'no limit'),
  isolation: oneOf('thread', 'process', 'escalate'),
  cells: whole(1, 'processes'),
  execPath: string,
  nodes,
  metrics,
  faults,
  tracing,
  resourceLimits,
  workerData: workerData as never,
  env: env as never,
  argv: strings,
  execArgv: strings,
};

/** @throws {InvalidOptionError | OptionRangeError | UnsupportedRuntimeError} `ERR_INVALID_OPTION`, `ERR_UNSUPPORTED_RUNTIME` */
export function resolveOptions(options: PoolOptions = {}): ResolvedOptions {
  checkRuntime();
  const given = shaped<ResolvedOptions>(POOL_OPTIONS)(options, 'options');
  const { redundancy = false, hedge = false, idempotent = true } = given;
  checkCompetition({ redundancy, hedge }, { idempotent, transferList: false });
  const found = resolveNodes(given);
  return {
    filename: undefined,
    name: 'default',
    threads: defaultThreads(),
    idleTimeout: 30_000,
    spares: found === undefined ? 1 : undefined,
    timeout: NO_LIMITS,
    startupTimeout: 10_000,
    abortGrace: 0,
    terminateTimeout: 2_000,
    closeTimeout: 30_000,
    retry: RETRY,
    idempotent: true,
    redundancy: false,
    hedge: false,
    quarantine: undefined,
    retryBudget: 0.4,
    restart: RESTART,
    recycle: NEVER,
    maxQueue: Number.POSITIVE_INFINITY,
    isolation: 'thread',
    cells: undefined,
    execPath: undefined,
    metrics: Object.create(null) as MetricsOptions,
    faults: undefined,
    tracing: undefined,
    resourceLimits: undefined,
    workerData: undefined,
    env: undefined,
    argv: undefined,
    execArgv: undefined,
    ...given,
    ...(found !== undefined && { threads: threadsOnNodes(options.threads) }),
    nodes: found,
  };
}
