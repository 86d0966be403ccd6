import { AttemptAt } from './attempt.ts';
import type { TaskTally } from './counting/tally.ts';
import type { AttemptRecord, Failure, FailureKind } from './failure.ts';
import type { Context } from './foreign/context.ts';

/** Retry rules with every default filled in; `retries: 0` is no retry. Times in milliseconds. */
export interface RetryRules {
  readonly retries: number;
  readonly minTimeout: number;
  readonly maxTimeout: number;
  readonly factor: number;
  readonly randomize: boolean;
  readonly on: readonly FailureKind[];
  readonly shouldRetry: ((context: RetryContext) => boolean) | undefined;
}

/** What `shouldRetry` sees. */
export interface RetryContext {
  /** What the attempt failed with. */
  readonly error: unknown;
  /** What happened to it. */
  readonly kind: FailureKind;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Retries that may still follow, the one in question included. */
  readonly retriesLeft: number;
}

/** Limits in milliseconds; `Infinity` is no limit. */
export interface TimeLimits {
  readonly run: number;
  readonly queue: number;
  readonly total: number;
}

/**
 * Everything about a task that its caller chose, resolved against the pool's options. Tasks that were started with
 * the same options share one spec, so that a task itself stays small.
 */
export interface TaskSpec {
  /** The export that is called. */
  readonly name: string;
  /** `file:` URL of the task module, if it is not the pool's own. */
  readonly module?: string | undefined;
  readonly limits: TimeLimits;
  readonly retry: RetryRules;
  readonly idempotent: boolean;
  readonly priority: number;
  readonly course: Course;
  readonly tally: TaskTally;
  /** The caller, or the pool, has given functions that are called later: `shouldRetry`, `equal`, `resolve`. */
  readonly asks?: boolean;
  /** It has a span below that of its caller: a `map`, whose tasks are accepted later, keeps the context of its call. */
  readonly traced?: boolean;
}

/** What only some tasks carry; absent on the hot path. */
export interface TaskExtras {
  transferList?: readonly unknown[];
  onProgress?: ((value: unknown) => void) | undefined;
  /** That of the call, if functions of its caller are called later. */
  context?: Context;
  /** Undoes what was set up for this task alone: timers, the listener on the caller's signal. */
  release?: () => void;
  /** Attempts that failed. */
  history?: AttemptRecord[];
  /** What the task's course keeps for this task: a retry line, a vote. Only the course that has put it there knows its class. */
  course?: object;
}

/** How a task goes from acceptance to settlement: plain with retries, in copies with a vote, hedged. */
export interface Course {
  /** Its tasks run in copies of which each has a vote. */
  readonly votes?: boolean;
  begin(task: Task): void;
  /** @param endedAt manager's clock; it began at `attempt.startedAt` */
  succeeded(attempt: Attempt, value: unknown, endedAt: number): void;
  failed(attempt: Attempt, failure: Failure): void;
  /** Whether any attempt of the task has begun to run. */
  started(task: Task): boolean;
  /** The task is about to be settled from outside (abort, deadline, close), as a failure of that kind: stop whatever is queued, running or planned. */
  cancelled(task: Task, kind: FailureKind): void;
  /** An attempt that had become a surplus has returned after all. */
  returnedLate?(attempt: Attempt, value: unknown, endedAt: number): void;
}

/** One accepted call of `run`, or one item of a `map`; each kind knows its caller. Kept small: millions may wait. */
export abstract class Task {
  readonly id: number;
  readonly spec: TaskSpec;
  readonly acceptedAt: number;
  readonly key: string | undefined;
  input: unknown;
  /** `open` until the one settlement; there is no way back. */
  state: 'open' | 'settled' = 'open';
  /** The attempt that a plain task is at. Courses with several keep their own list. */
  attempt: Attempt | undefined = undefined;
  /** Attempts begun so far, over all copies. */
  begun = 0;
  extras: TaskExtras | undefined = undefined;
  /** None of its attempts is known to have begun; it is counted how long that took. */
  waits = true;
  /** Neighbours in the ledger of open tasks. */
  before: Task | undefined = undefined;
  after: Task | undefined = undefined;

  constructor(id: number, spec: TaskSpec, input: unknown, acceptedAt: number, key: string | undefined) {
    this.id = id;
    this.spec = spec;
    this.input = input;
    this.acceptedAt = acceptedAt;
    this.key = key;
  }

  /** Attempts that failed, over all copies. */
  get history(): readonly AttemptRecord[] | undefined {
    return this.extras?.history;
  }

  /** Passes the one settlement on to the caller. */
  abstract fulfilled(value: unknown): void;
  abstract rejected(error: unknown, kind: FailureKind): void;
}

/** Which task an event is about. */
export function aboutTask({ id, spec: { name, module } }: Task): {
  readonly taskId: number;
  readonly name: string;
  readonly module?: string;
} {
  return module === undefined ? { taskId: id, name } : { taskId: id, name, module };
}

/** One try at a task. */
export type Attempt = AttemptAt<Task>;
export const Attempt = AttemptAt<Task>;
