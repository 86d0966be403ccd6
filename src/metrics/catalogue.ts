import type { PoolEvents, StartReason, ThreadExitReason } from '../core/events.ts';
import { type AttemptFailureKind, FAILURE_KINDS } from '../core/failure.ts';
import type { LabelCounts, TaskTally, TimeHistogram } from '../core/tally.ts';
import { HEALTH_STATES, type MetricsSource, THREAD_STATES } from './source.ts';

/** One series of a metric at the time of a scrape. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | TimeHistogram;
}

/** One metric: the one place where it is named, described and read. */
export interface MetricEntry {
  /** Without the prefix. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Base unit, which the name ends with; counts have none. */
  readonly unit: 'seconds' | 'ratio' | undefined;
  /** Besides `pool`. */
  readonly labels: readonly string[];
  readonly help: string;
  /** How prom-client joins the values of several processes. */
  readonly aggregator: 'sum' | 'average';
  read(source: MetricsSource): Sample[];
}

const ATTEMPT_KINDS: readonly AttemptFailureKind[] = ['error', 'crash', 'oom', 'timeout', 'clone', 'startup', 'aborted'];
const START_REASONS: readonly StartReason[] = ['first', 'spare', 'replacement'];
const EXIT_REASONS: Readonly<Record<ThreadExitReason, true>> = {
  crash: true,
  exit: true,
  oom: true,
  timeout: true,
  unresponsive: true,
  aborted: true,
  startup: true,
  lateError: true,
  outvoted: true,
  recycled: true,
  reclaimed: true,
  closed: true,
  orphan: true,
};
const VERDICTS: readonly PoolEvents['conflict']['verdict'][] = ['extra', 'quorum', 'resolved', 'none'];

const BALLOT_RESULTS = ['agreed', 'outvoted', 'undecided', 'late_agreed', 'late_outvoted', 'uncompared', 'broken'] as const;

/** Known label values are there from the start, as 0: a series that begins at 1 hides its first increase from a query. */
function counted(label: string, known: readonly string[], counts: LabelCounts, more: Readonly<Record<string, string>> = {}): Sample[] {
  const values = new Map<string, number>(known.map((value) => [value, 0]));
  for (const [value, count] of counts.values) values.set(value, count);
  return Array.from(values, ([value, count]) => ({ labels: { ...more, [label]: value }, value: count }));
}

function perTask(source: MetricsSource, read: (tally: TaskTally, labels: Readonly<Record<string, string>>) => Sample[]): Sample[] {
  return Array.from(source.tally.tasks.values(), (tally) => read(tally, labelsOf(tally))).flat();
}

/** The label `module` is there only where a call of `run` has named one: a label without a value is none to Prometheus. */
function labelsOf({ name, module }: TaskTally): Readonly<Record<string, string>> {
  return module === undefined ? { task: name } : { task: name, module };
}

const one = (value: number | TimeHistogram): Sample[] => [{ labels: {}, value }];

type Entry = Pick<MetricEntry, 'name' | 'help' | 'labels' | 'read'>;
const counter = (entry: Entry): MetricEntry => ({ ...entry, type: 'counter', unit: undefined, aggregator: 'sum' });
const gauge = (entry: Entry): MetricEntry => ({ ...entry, type: 'gauge', unit: undefined, aggregator: 'sum' });
const seconds = (entry: Entry): MetricEntry => ({ ...entry, type: 'histogram', unit: 'seconds', aggregator: 'sum' });

const TASKS: readonly MetricEntry[] = [
  counter({
    name: 'tasks_submitted_total',
    labels: ['task', 'module'],
    help: 'Tasks given to run() with valid options, refused ones included.',
    read: (source) => perTask(source, (tally, labels) => [{ labels, value: tally.submitted }]),
  }),
  counter({
    name: 'tasks_settled_total',
    labels: ['task', 'module', 'outcome'],
    help: 'Settled tasks: outcome ok, or the kind of the failure that was the last word.',
    read: (source) =>
      perTask(source, (tally, labels) => [
        { labels: { ...labels, outcome: 'ok' }, value: tally.fulfilled },
        ...counted('outcome', FAILURE_KINDS, tally.rejected, labels),
      ]),
  }),
  counter({
    name: 'attempts_total',
    labels: ['task', 'module', 'kind'],
    help: 'Attempts that ended: kind ok, or how the attempt failed.',
    read: (source) =>
      perTask(source, (tally, labels) => [
        { labels: { ...labels, kind: 'ok' }, value: tally.attemptsOk },
        ...counted('kind', ATTEMPT_KINDS, tally.attemptsFailed, labels),
      ]),
  }),
  counter({
    name: 'retries_total',
    labels: ['task', 'module', 'kind'],
    help: 'Attempts started anew, by the kind of the failure before.',
    read: (source) => perTask(source, (tally, labels) => counted('kind', ATTEMPT_KINDS, tally.retries, labels)),
  }),
  seconds({
    name: 'task_queue_seconds',
    labels: ['task', 'module'],
    help: 'Time from acceptance to the start of the first attempt.',
    read: (source) => perTask(source, (tally, labels) => [{ labels, value: tally.queueTime }]),
  }),
  seconds({
    name: 'task_run_seconds',
    labels: ['task', 'module'],
    help: 'Run time of attempts that returned or threw; those that were killed are not in it.',
    read: (source) => perTask(source, (tally, labels) => [{ labels, value: tally.runTime }]),
  }),
];

const THREADS: readonly MetricEntry[] = [
  gauge({
    name: 'queue_length',
    labels: [],
    help: 'Attempts that wait for a thread.',
    read: (source) => one(source.gauges().queueLength),
  }),
  gauge({
    name: 'threads',
    labels: ['state'],
    help: 'Threads by state.',
    read: (source) => {
      const { threads } = source.gauges();
      return THREAD_STATES.map((state) => ({ labels: { state }, value: threads[state] ?? 0 }));
    },
  }),
  counter({
    name: 'thread_starts_total',
    labels: ['reason'],
    help: 'Threads started, by what for.',
    read: (source) => counted('reason', START_REASONS, source.tally.threadStarts),
  }),
  counter({
    name: 'thread_exits_total',
    labels: ['reason'],
    help: 'Threads that ended or were given up as orphans, by why.',
    read: (source) => counted('reason', Object.keys(EXIT_REASONS), source.tally.threadExits),
  }),
  seconds({
    name: 'thread_startup_seconds',
    labels: [],
    help: 'Time from the start of a thread until its task module was loaded.',
    read: (source) => one(source.tally.startup),
  }),
  seconds({
    name: 'takeover_seconds',
    labels: [],
    help: 'Time for which the slot of a dead thread stood empty.',
    read: (source) => one(source.tally.takeover),
  }),
];

const COMPETITION: readonly MetricEntry[] = [
  counter({
    name: 'conflicts_total',
    labels: ['verdict'],
    help: 'Disagreements between copies of a task, by how they went on.',
    read: (source) => counted('verdict', VERDICTS, source.tally.conflicts),
  }),
  counter({
    name: 'ballots_total',
    labels: ['result'],
    help: 'Ballots of redundant tasks, by how they compared with the verdict.',
    read: (source) => counted('result', BALLOT_RESULTS, source.tally.ballots),
  }),
  counter({
    name: 'hedges_total',
    labels: ['won'],
    help: 'Hedged copies, by whether the copy finished first.',
    read: (source) => counted('won', ['true', 'false'], source.tally.hedges),
  }),
];

const STATE: readonly MetricEntry[] = [
  counter({
    name: 'late_messages_total',
    labels: [],
    help: 'Messages of attempts that had been given up; they were dropped.',
    read: (source) => one(source.tally.lateMessages),
  }),
  gauge({
    name: 'orphans',
    labels: [],
    help: 'Threads that were terminated and have not exited.',
    read: (source) => one(source.gauges().orphans),
  }),
  gauge({
    name: 'quarantined_keys',
    labels: [],
    help: 'Quarantine keys whose tasks are refused.',
    read: (source) => one(source.gauges().quarantinedKeys),
  }),
  gauge({
    name: 'health',
    labels: ['state'],
    help: 'Health of the pool: 1 for the state that it is in, 0 for the others.',
    read: (source) => {
      const { health } = source.gauges();
      return HEALTH_STATES.map((state) => ({ labels: { state }, value: state === health ? 1 : 0 }));
    },
  }),
  {
    ...gauge({
      name: 'retry_budget_available_ratio',
      labels: [],
      help: 'Part of the retry budget that is left: 1 unused, 0 used up.',
      read: (source) => one(source.gauges().retryBudgetAvailable),
    }),
    unit: 'ratio',
    aggregator: 'average',
  },
];

/** Every metric, once. */
export const CATALOGUE: readonly MetricEntry[] = [...TASKS, ...THREADS, ...COMPETITION, ...STATE];

/** Every label that a metric can have; an option `metrics.labels` must not use them. */
export const RESERVED_LABELS: ReadonlySet<string> = new Set(['le', ...CATALOGUE.flatMap((entry) => entry.labels)]);
