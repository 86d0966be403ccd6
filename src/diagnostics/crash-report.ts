import type { Clock } from '../core/clock.ts';
import type { CrashReport, ThreadExitReason } from '../core/events.ts';
import type { Attempt } from '../core/task.ts';
import type { PoolThread } from '../dispatch/threads/pool-thread.ts';
import type { Exit } from '../executors/executor.ts';
import { fit } from './fit.ts';
import { sketch } from './inspect.ts';
import { describeThrown } from './thrown.ts';

/** A report is never longer than this as JSON, in bytes, whatever it tells of. */
export const MAX_REPORT_BYTES = 16_384;

/** Shares of the report, in bytes as JSON; with the fixed rest they add up to less than the whole. */
const INPUT = 3_000;
const NAME = 200;
const MESSAGE = 1_500;
const STACK = 4_000;
const EVENTS = 20;
const EVENT = 150;
const COUNTERS = 40;
const COUNTER = 40;

/** What is known when a thread has died. */
export interface DeathFacts {
  readonly thread: PoolThread;
  readonly exit: Exit;
  readonly reason: ThreadExitReason;
  /** The task to blame, if there is one. */
  readonly task: CrashReport['task'];
  /** Counters and gauges of the pool. */
  readonly pool: Readonly<Record<string, number>>;
  /** The pool's last events, oldest first. */
  readonly trail: readonly string[];
}

/** What a death leaves behind, as plain data of at most 16 kB. Never throws, and runs no code of the task's input. */
export function crashReport(facts: DeathFacts, clock: Clock): CrashReport {
  const { thread, exit, reason, task } = facts;
  return {
    time: clock.wall(),
    slot: thread.slot,
    generation: thread.generation,
    threadId: thread.threadId,
    reason,
    exitCode: exit.exitCode,
    ...(exit.signal === undefined ? {} : { signal: fit(exit.signal, COUNTER) }),
    task,
    error: exit.error === undefined ? undefined : aboutError(exit.error),
    thread: { age: clock.now() - thread.bornAt, heapUsed: thread.handle.memory, finishedTasks: thread.finished },
    pool: boundedCounters(facts.pool),
    events: facts.trail.slice(-EVENTS).map((line) => fit(line, EVENT)),
  };
}

/** The task of an attempt, with a bounded picture of its input; to be taken before the task settles, which releases it. */
export function aboutTask(attempt: Attempt): NonNullable<CrashReport['task']> {
  const { task } = attempt;
  const input = task.state === 'settled' ? '[released: the task has settled]' : sketch(task.input, INPUT);
  const { name, module } = task.spec;
  const where = module === undefined ? {} : { module: fit(module, NAME) };
  return { id: task.id, name: fit(name, NAME), ...where, attempt: attempt.number, input: fit(input, INPUT) };
}

function aboutError(error: unknown): NonNullable<CrashReport['error']> {
  const { name, message, stack } = describeThrown(error);
  return { name: fit(name, NAME), message: fit(message, MESSAGE), stack: fit(stack, STACK) };
}

function boundedCounters(counters: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(counters).slice(0, COUNTERS);
  return Object.fromEntries(entries.map(([name, value]) => [fit(name, COUNTER), value]));
}
