import type { Executor } from '../executors/executor.ts';
import type { Overdue } from './feeding/last-look.ts';
import type { AttemptTracer, DeathWitness } from './outcomes/witnesses.ts';
import type { Services } from './services.ts';
import type { Shared } from './threads/following.ts';
import type { RestartOptions } from './threads/restarts.ts';
import type { RosterHost, RosterOptions } from './threads/roster-host.ts';

export interface DispatcherOptions extends RosterOptions {
  readonly abortGrace: number;
  readonly retryBudget: number;
  readonly restart: RestartOptions;
}

export interface DispatcherParts extends Pick<RosterHost, 'poolFailed'> {
  readonly executor: Executor;
  readonly options: DispatcherOptions;
  readonly services: Services;
  readonly tracer: AttemptTracer | undefined;
  readonly limits: Overdue;
  readonly reports: DeathWitness;
  /** Receives the number of slots that are to be filled, when it has changed. */
  readonly pressure: Shared;
}
