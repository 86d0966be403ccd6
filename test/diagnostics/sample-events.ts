import type { PoolEvents } from '../../src/core/events.ts';
import { TeardownError } from '../../src/core/module-errors.ts';

const thread = { slot: 1, generation: 2, threadId: 7 };
const task = { taskId: 5, name: 'default' };

/** One of each event. */
export const EVENTS: PoolEvents = {
  ready: { threads: 4 },
  workerStart: { ...thread, reason: 'replacement', milliseconds: 28.4 },
  workerExit: { ...thread, reason: 'crash', exitCode: 1 },
  crash: {
    ...thread,
    time: 0,
    reason: 'crash',
    exitCode: 1,
    task: undefined,
    error: undefined,
    thread: { age: 1, heapUsed: undefined, finishedTasks: 0 },
    pool: { open: 1 },
    events: [],
  },
  lateError: { ...thread, taskId: 5, attempt: 1, error: new Error('left behind') },
  teardownFailed: { ...thread, reason: 'closed', error: new TeardownError('hung', 5_000) },
  message: { ...thread, message: 'from a task' },
  retry: {
    ...task,
    failed: { attempt: 1, replica: 0, slot: 1, threadId: 7, kind: 'crash', startedAt: 0, ms: 3, error: new Error('x'.repeat(500)) },
    retriesLeft: 2,
  },
  timeout: { ...task, phase: 'run', milliseconds: 50, attempt: 1 },
  hedge: { ...task, attempt: 2, after: 12.5 },
  conflict: { ...task, ballots: [], verdict: 'extra' },
  quarantine: { key: 'bad', state: 'closed', failures: 3 },
  late: { threadId: 7, taskId: 5, attempt: 1 },
  degraded: { ready: 3, threads: 4 },
  recovered: { threads: 4 },
  nodeUp: { node: 'a-1', host: 'a', domain: 'rack7', threads: 8 },
  nodeDown: { node: 'a-1', reason: 'silent', error: new Error('lost') },
  brokerLost: { error: new Error('away') },
  brokerBack: { milliseconds: 3_000.4 },
  failed: { error: new Error('no thread could be made ready') },
  needsDrain: { needed: true, open: 300 },
  drain: { settled: 100 },
  close: { completed: 1, dropped: 2, killed: 3 },
};
