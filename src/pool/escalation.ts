import type { Clock } from '../core/clock.ts';
import { PoolFailedError } from '../core/errors.ts';
import type { Attempt } from '../core/task.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import { surrender } from '../dispatch/outcomes/surrender.ts';

export interface EscalationHost {
  readonly clock: Clock;
  /** Milliseconds in which no cells are made after they have failed. */
  readonly pause: number;
  /** @param failed called when its threads have died too often */
  make(failed: (cause: unknown) => void): Dispatcher;
}

type State =
  | { readonly is: 'unused' }
  | { readonly is: 'open'; readonly dispatcher: Dispatcher }
  | { readonly is: 'failed'; readonly until: number; readonly cause: unknown };

/**
 * The cells that take what follows a crash. They are made when the first attempt needs one. Where they cannot be had, the attempts that need them
 * fail, and nothing else does: the pool's own threads have no part in it. After a pause, cells are tried again.
 */
export class Escalation {
  readonly #host: EscalationHost;
  #state: State = { is: 'unused' };
  /** Failed, and not all of their threads have ended. */
  readonly #ending = new Map<Dispatcher, Promise<number>>();

  constructor(host: EscalationHost) {
    this.#host = host;
  }

  /** Where its attempts are. */
  get dispatcher(): Dispatcher | undefined {
    return this.#state.is === 'open' ? this.#state.dispatcher : undefined;
  }

  /** Every place that has threads. */
  get all(): readonly Dispatcher[] {
    return this.#state.is === 'open' ? [this.#state.dispatcher, ...this.#ending.keys()] : [...this.#ending.keys()];
  }

  submit(attempt: Attempt): void {
    const state = this.#state;
    if (state.is === 'failed' && this.#host.clock.now() < state.until) {
      attempt.endUnsent();
      refuse(attempt, state.cause);
    } else {
      this.#opened().submit(attempt);
    }
  }

  stop(): Promise<number>[] {
    return [...(this.#state.is === 'open' ? [this.#state.dispatcher.stop()] : []), ...this.#ending.values()];
  }

  #opened(): Dispatcher {
    if (this.#state.is === 'open') return this.#state.dispatcher;
    const dispatcher = this.#host.make((cause) => this.#failed(dispatcher, cause));
    this.#state = { is: 'open', dispatcher };
    return dispatcher;
  }

  #failed(dispatcher: Dispatcher, cause: unknown): void {
    if (this.dispatcher !== dispatcher) return;
    this.#state = { is: 'failed', until: this.#host.clock.now() + this.#host.pause, cause };
    const attempts = surrender(dispatcher.backlog, dispatcher.roster.threads);
    this.#ending.set(
      dispatcher,
      dispatcher.stop().finally(() => this.#ending.delete(dispatcher)),
    );
    for (const attempt of attempts) refuse(attempt, cause);
  }
}

/** An attempt cannot run here. */
function refuse(attempt: Attempt, cause: unknown): void {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  const error = new PoolFailedError(
    `What follows a crash runs in a cell (isolation: 'escalate'), and the cells died too often without having done anything${why}`,
    cause,
  );
  attempt.task.spec.course.failed(attempt, { kind: 'startup', error });
}
