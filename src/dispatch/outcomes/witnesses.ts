import type { ThreadExitReason } from '../../core/events.ts';
import type { AttemptEnd } from '../../core/failure.ts';
import type { Attempt } from '../../core/task.ts';
import type { Exit } from '../../executors/executor.ts';
import type { PoolThread } from '../threads/pool-thread.ts';

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
