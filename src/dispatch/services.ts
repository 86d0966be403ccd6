import type { Clock, TimeScale } from '../core/clock.ts';
import type { Moment } from '../core/counting/moment.ts';
import type { Tally } from '../core/counting/tally.ts';
import type { EventSink, ThreadExitReason } from '../core/events.ts';
import type { AttemptEnd } from '../core/failure.ts';
import type { Attempt } from '../core/task.ts';
import type { Watchers } from '../core/watchers.ts';
import type { Exit } from '../executors/executor.ts';
import type { PoolThread } from './threads/pool-thread.ts';

export const TIMED_OUT: unique symbol = Symbol('timed out');

/** Receives attempts, if they are traced. */
export interface AttemptTracer {
  /** They are about to be handed to a thread in this bundle. */
  sent(thread: PoolThread, bundle: number, attempts: readonly Attempt[]): void;
  /** One has begun and ended. Times are on the manager's clock. */
  ended(thread: PoolThread, bundle: number, attempt: Attempt, end: AttemptEnd, startedAt: number, endedAt: number): void;
}

/** Receives what there is to say of each death, before its consequences. */
export interface DeathWitness {
  /** An attempt that runs was given up. Its thread may die of it later, when the task has settled. */
  gaveUp(thread: PoolThread, attempt: Attempt): void;
  /** A thread has died. @param guilty the attempt that is to blame */
  report(thread: PoolThread, exit: Exit, reason: ThreadExitReason, guilty: Attempt | undefined): void;
}

/** What every part of the manager is given instead of taking it from the environment. */
export interface Services {
  readonly clock: Clock;
  readonly emitter: EventSink;
  readonly tally: Tally;
  readonly watchers: Watchers;
  readonly moment: Moment;
  readonly tracer: AttemptTracer | undefined;
  /** Waits for a promise that never rejects, but not longer than `ms`. */
  within<T>(promise: Promise<T>, ms: number, scale?: TimeScale): Promise<T | typeof TIMED_OUT>;
}
