import type { StartReason, ThreadExitReason } from '../../core/events.ts';
import { HEALTH_STATES, INFO_LABELS, THREAD_STATES } from '../source.ts';
import { byLabel, counted, counter, gauge, least, type MetricEntry, memory, one, ratio, secondsSpent, times } from './entry.ts';

const START_REASONS: readonly StartReason[] = ['first', 'spare', 'replacement', 'demand'];
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
  idle: true,
  reclaimed: true,
  closed: true,
  node: true,
  orphan: true,
};

export const QUEUE: readonly MetricEntry[] = [
  gauge({ name: 'queue_length', help: 'Attempts that wait for a thread.', read: (source) => one(source.gauges().queueLength) }),
  gauge({
    name: 'queue_limit',
    help: 'Tasks that may wait (maxQueue); absent if there is no limit.',
    // JSON, in which the processes of a cluster tell theirs, has no infinity.
    read: (source) => {
      const { maxQueue } = source.gauges().capacity;
      return maxQueue === Number.POSITIVE_INFINITY ? [] : one(maxQueue);
    },
  }),
];

export const THREADS: readonly MetricEntry[] = [
  gauge({
    name: 'threads',
    labels: ['state'],
    help: 'Threads by state.',
    read: (source) => {
      const { threads } = source.gauges();
      return THREAD_STATES.map((state) => ({ labels: { state }, value: threads[state] ?? 0 }));
    },
  }),
  gauge({
    name: 'thread_slots',
    help: 'Threads that the pool is to have at work.',
    read: (source) => one(source.gauges().capacity.threads),
  }),
  gauge({
    name: 'spare_slots',
    help: 'Threads that are to stand by.',
    read: (source) => one(source.gauges().capacity.spares),
  }),
  secondsSpent({
    name: 'thread_busy_seconds_total',
    help: 'Thread time in which attempts ran: those that were killed, and those that run now, included.',
    read: (source) => one(source.gauges().busyMs / 1000),
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
  times({
    name: 'thread_startup_seconds',
    help: 'Time from the start of a thread until its task module was loaded.',
    read: (source) => one(source.tally.startup),
  }),
  times({
    name: 'takeover_seconds',
    help: 'Time for which the slot of a dead thread stood empty.',
    read: (source) => one(source.tally.takeover),
  }),
  memory({
    name: 'thread_heap_bytes',
    labels: ['slot'],
    help: 'Heap of a thread in use, as last heard of; spares together.',
    read: (source) => byLabel('slot', source.gauges().heaps),
  }),
  memory({
    name: 'cell_memory_bytes',
    labels: ['cell'],
    help: 'Resident memory of the child process of a cell, as last heard of.',
    read: (source) => byLabel('cell', source.gauges().cells),
  }),
];

export const STATE: readonly MetricEntry[] = [
  counter({
    name: 'late_messages_total',
    help: 'Messages of attempts that had been given up; they were dropped.',
    read: (source) => one(source.tally.lateMessages),
  }),
  gauge({
    name: 'orphans',
    help: 'Threads that were terminated and have not exited.',
    read: (source) => one(source.gauges().orphans),
  }),
  gauge({
    name: 'quarantined_keys',
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
  ratio({
    name: 'retry_budget_available_ratio',
    help: 'Part of the retry budget that is left: 1 unused, 0 used up.',
    read: (source) => one(source.gauges().retryBudgetAvailable),
  }),
  least({
    name: 'restarts_left',
    help: 'Threads that may die without having done anything, one more than that now, and the pool fails.',
    read: (source) => one(source.gauges().restartsLeft),
  }),
  gauge({
    name: 'info',
    labels: INFO_LABELS,
    help: 'Always 1; the labels say what pool it is: its version, and the options that its numbers depend on.',
    read: (source) => [{ labels: source.info, value: 1 }],
  }),
];
