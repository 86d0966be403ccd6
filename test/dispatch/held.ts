import type { Placement } from '../../src/core/attempt.ts';
import { Moment } from '../../src/core/counting/moment.ts';
import { Tally, TaskTally } from '../../src/core/counting/tally.ts';
import { Emitter, type PoolEventName } from '../../src/core/events.ts';
import { Attempt, type Course, Task, type TaskSpec } from '../../src/core/task.ts';
import { Watchers } from '../../src/core/watchers.ts';
import type { Services } from '../../src/dispatch/services.ts';
import { PoolThread } from '../../src/dispatch/threads/pool-thread.ts';
import type { ExecutorThread, Exit } from '../../src/executors/executor.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';

/** A task without a caller. */
class Nobodys extends Task {
  fulfilled(): void {}
  rejected(): void {}
}

let nextId = 1;
let failed: unknown[] = [];

/** Collects from now on what the courses of all attempts are told of failures, as `[task, kind, code]`. */
export function failures(): readonly unknown[] {
  failed = [];
  return failed;
}

/** The attempt of a task of its own. Its course writes down what it receives. */
export function attemptOf(
  about: { idempotent?: boolean; moves?: boolean; priority?: number; placement?: Placement; told?: unknown[] } = {},
): Attempt {
  const { told = [] } = about;
  const course: Course = {
    begin: () => {},
    succeeded: (attempt, value, endedAt) => told.push({ task: attempt.task.id, value, endedAt }),
    failed: ({ task }, { kind, error }) => {
      told.push({ task: task.id, failure: kind });
      failed.push([task.id, kind, (error as { code?: string }).code]);
    },
    started: () => false,
    cancelled: () => {},
    returnedLate: (attempt, value) => told.push({ task: attempt.task.id, late: value }),
  };
  const spec: TaskSpec = {
    name: 'default',
    limits: { run: 1_000, queue: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY },
    retry: { retries: 0, minTimeout: 0, maxTimeout: 0, factor: 1, randomize: false, on: [], shouldRetry: undefined },
    idempotent: about.idempotent ?? true,
    priority: about.priority ?? 0,
    course,
    tally: new TaskTally('default'),
  };
  const task = new Nobodys(nextId++, spec, 'input', 0, undefined);
  if (about.moves === true) task.extras = { transferList: [] };
  return new Attempt(task, 0, false, about.placement);
}

export interface Held {
  readonly attempts: readonly Attempt[];
  /** Items that the thread has claimed, and that have ended. Default 0. */
  readonly claimed?: number;
  readonly finished?: number;
}

/** A thread in slot 0 that was handed these bundles, numbered from 1. */
export function threadHolding(...bundles: readonly Held[]): PoolThread {
  const thread = new PoolThread(1, 'first', 0);
  thread.become('spare');
  thread.become('serving');
  thread.slot = 0;
  thread.handle = {
    threadId: 5,
    itemStartedAt: 0,
    seen: bundles.findLastIndex(({ claimed = 0 }) => claimed > 0) + 1,
    poll: () => {},
    standing: (number: number) => ({ claimed: bundles[number - 1]?.claimed ?? 0, finished: bundles[number - 1]?.finished ?? 0 }),
  } as unknown as ExecutorThread;
  bundles.forEach(({ attempts }, i) => {
    thread.bundles.push({ number: i + 1, attempts, hasCopies: false, size: attempts.length, reported: 0, state: 'sent', sentAt: 0 });
    thread.nextBundle = i + 2;
    for (const attempt of attempts) {
      attempt.queue();
      attempt.take();
      attempt.send(thread, i + 1, 0);
    }
  });
  return thread;
}

export function exitOf(how: Partial<Exit> = {}): Exit {
  return { cause: 'crash', exitCode: 1, error: new Error('it broke'), blame: { of: 'running' }, ...how };
}

/** What a part of dispatch is given, and the names of the events that it emits. */
export function services(): Services & { readonly clock: VirtualClock; readonly emitted: PoolEventName[] } {
  const emitted: PoolEventName[] = [];
  const emitter = new Emitter();
  emitter.tap((name) => emitted.push(name));
  const clock = new VirtualClock();
  return {
    clock,
    emitter,
    tally: new Tally(),
    moment: new Moment(clock),
    watchers: new Watchers(),
    within: (promise) => promise,
    emitted,
  };
}
