import type { ThreadExitReason } from '../core/events.ts';
import type { Failure } from '../core/failure.ts';
import type { Attempt } from '../core/task.ts';
import type { Executor, Exit } from '../executors/executor.ts';
import type { Overdue } from './feeding/feeder.ts';
import type { GaveUp } from './outcomes/fences.ts';
import type { Services } from './services.ts';
import type { PoolThread } from './threads/pool-thread.ts';
import type { RestartOptions } from './threads/restarts.ts';
import type { RosterOptions } from './threads/roster-host.ts';

export interface DispatcherOptions extends RosterOptions {
  readonly abortGrace: number;
  readonly retryBudget: number;
  readonly restart: RestartOptions;
}

export interface DispatcherEvents extends GaveUp {
  /** An attempt ran into its run time-out. @param neighbour something that an earlier task left behind may be to blame */
  timedOut(attempt: Attempt, neighbour: boolean): void;
  failed(attempt: Attempt, failure: Failure): void;
  /** Receives every death, before its consequences. */
  died(thread: PoolThread, exit: Exit, reason: ThreadExitReason, guilty: Attempt | undefined): void;
  poolFailed(error: unknown): void;
  /** The number of slots that are to be filled has changed. */
  staffed(slots: number): void;
}

export interface DispatcherParts {
  readonly executor: Executor;
  readonly options: DispatcherOptions;
  readonly services: Services;
  readonly limits: Overdue;
  readonly events: DispatcherEvents;
}
