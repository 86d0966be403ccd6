import type { TimeHistogram } from '../../core/counting/histogram.ts';
import type { TaskTally, TaskTimes, TimeUse } from '../../core/counting/tally.ts';
import { ATTEMPT_ENDS, FAILURE_KINDS, type FailureKind, REFUSAL_REASONS } from '../../core/failure.ts';
import type { MetricsSource } from '../source.ts';
import {
  age,
  counted,
  counter,
  gauge,
  type MetricEntry,
  one,
  perTask,
  type Sample,
  secondsSpent,
  type TaskLabels,
  times,
} from './entry.ts';

const USES: readonly TimeUse[] = ['result', 'copy', 'failed', 'aborted'];
const PHASES = ['run', 'queue', 'total'] as const;
/** Those of tasks that were refused are not among them: they have a metric of their own. */
const KINDS: readonly FailureKind[] = FAILURE_KINDS.filter((kind) => kind !== 'timeout' && kind !== 'rejected');

function outcomes({ fulfilled, rejected, timedOut }: TaskTally, labels: TaskLabels): Sample[] {
  return [
    { labels: { ...labels, outcome: 'ok' }, value: fulfilled },
    ...KINDS.map((kind) => ({ labels: { ...labels, outcome: kind }, value: rejected.get(kind) })),
    ...PHASES.map((phase) => ({ labels: { ...labels, outcome: `timeout_${phase}` }, value: timedOut.get(phase) })),
  ];
}

/** One for the pool, or one for each export. */
function histogram(source: MetricsSource, of: (times: TaskTimes) => TimeHistogram): Sample[] {
  const { tally } = source;
  return tally.histograms === 'pool' ? one(of(tally.times)) : perTask(source, (task, labels) => [{ labels, value: of(task.times) }]);
}

const running = (source: MetricsSource): number => Array.from(source.gauges().running.values()).reduce((sum, count) => sum + count, 0);

export const TASKS: readonly MetricEntry[] = [
  counter({
    name: 'tasks_accepted_total',
    labels: ['task', 'module'],
    help: 'Tasks that were accepted: each settles, exactly once.',
    read: (source) => perTask(source, (tally, labels) => [{ labels, value: tally.accepted }]),
  }),
  counter({
    name: 'tasks_settled_total',
    labels: ['task', 'module', 'outcome'],
    help: 'Accepted tasks that settled: outcome ok, or the kind of the failure that was the last word.',
    read: (source) => perTask(source, outcomes),
  }),
  counter({
    name: 'tasks_refused_total',
    labels: ['reason'],
    help: 'Tasks that were not accepted, by why.',
    read: (source) => counted('reason', REFUSAL_REASONS, source.tally.refused),
  }),
  gauge({ name: 'open_tasks', help: 'Tasks that were accepted and have not settled.', read: (source) => one(source.gauges().openTasks) }),
  age({
    name: 'oldest_waiting_task_seconds',
    help: 'Age of the oldest task of which no attempt has begun; 0 without one.',
    read: (source) => one(source.gauges().oldestWaiting / 1000),
  }),
  times({
    name: 'task_queue_seconds',
    help: 'Time from acceptance to the start of the first attempt, or to the settlement of a task that never started.',
    read: (source) => histogram(source, (of) => of.queue),
  }),
  times({
    name: 'task_run_seconds',
    help: 'Run time of attempts, whatever ended them.',
    read: (source) => histogram(source, (of) => of.run),
  }),
  times({
    name: 'task_total_seconds',
    help: 'Time from acceptance to settlement.',
    read: (source) => histogram(source, (of) => of.total),
  }),
];

export const ATTEMPTS: readonly MetricEntry[] = [
  counter({
    name: 'attempts_started_total',
    labels: ['task', 'module'],
    help: 'Attempts that have begun to run: those that have ended, and those that run.',
    read: (source) => {
      const { running: by } = source.gauges();
      return perTask(source, (tally, labels) => [{ labels, value: tally.ended + (by.get(tally) ?? 0) }]);
    },
  }),
  counter({
    name: 'attempts_total',
    labels: ['task', 'module', 'kind'],
    help: 'Attempts that had begun and have ended, by how, whatever ended them.',
    read: (source) =>
      perTask(source, (tally, labels) => [
        { labels: { ...labels, kind: 'ok' }, value: tally.attemptsOk },
        ...counted('kind', ATTEMPT_ENDS.slice(1), tally.attemptsFailed, labels),
      ]),
  }),
  gauge({ name: 'attempts_running', help: 'Attempts that have begun and not ended.', read: (source) => one(running(source)) }),
  age({
    name: 'longest_running_attempt_seconds',
    help: 'For how long the attempt that has run longest has run; 0 if none runs.',
    read: (source) => one(source.gauges().longestRunning / 1000),
  }),
  secondsSpent({
    name: 'attempt_thread_seconds_total',
    labels: ['task', 'module', 'use'],
    help: 'Thread time of attempts that have ended, those that were killed included, by what it was for.',
    read: (source) => perTask(source, ({ spent }, labels) => USES.map((use) => ({ labels: { ...labels, use }, value: spent[use] / 1000 }))),
  }),
  counter({
    name: 'retries_total',
    labels: ['task', 'module'],
    help: 'Failed attempts that were followed by another.',
    read: (source) => perTask(source, (tally, labels) => [{ labels, value: tally.retries.total }]),
  }),
];
