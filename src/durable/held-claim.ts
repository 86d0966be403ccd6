import type { Claim } from '../batch/claim.ts';
import { BatchError } from '../batch/errors.ts';
import { isLasting } from '../core/broker/broker-error.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { brokerError } from '../executors/nodes/link/broker-errors.ts';

/** Milliseconds that the lock of a job lives without being renewed: a manager that is silent for this time is dead to all others. */
export const LOCK = 2_500;
/** Milliseconds between two looks for jobs whose lock has expired. */
export const LOOK = 500;
const RENEW = 800;
/** Milliseconds before its end from which a lock is not trusted: what was asked of the system has to be done before it ends. */
const MARGIN = 500;
/** Milliseconds before Redis is asked again after it has refused the question. */
const AGAIN = 250;
/** Milliseconds for which an answer is as good as a new one. */
const FRESH = 50;

export interface ClaimOptions {
  readonly job: string;
  readonly epoch: number;
  /** When the lock was asked for, by `clock.machine()`. */
  readonly taken: number;
  readonly clock: Clock;
  /** Renews the lock. False: another manager has the job. */
  readonly renew: () => Promise<boolean>;
  /** Called once when the job is another manager's. */
  readonly onLost: () => void;
}

/**
 * A manager's claim on its job: the lock in BullMQ, renewed while it works, and asked for again before each change on the disk. What counts is when
 * the question was sent, on a clock that goes on while the process is stopped: the answer may have lain unread in a process that did not run.
 */
export class HeldClaim implements Claim {
  readonly #options: ClaimOptions;
  #state: 'held' | 'lost' | 'over' = 'held';
  /** When the last question was sent that was answered with yes. */
  #confirmed: number;
  #asking: Promise<void> | undefined;
  #timer: Timer | undefined;

  constructor(options: ClaimOptions) {
    this.#options = options;
    this.#confirmed = options.taken;
    this.#plan();
  }

  get job(): string {
    return this.#options.job;
  }

  get epoch(): number {
    return this.#options.epoch;
  }

  async check(): Promise<void> {
    if (this.#state === 'held' && this.silence < FRESH) return;
    do await this.#answer();
    while (this.silence >= LOCK - MARGIN);
  }

  /** Redis may be full for a while, or a replica: until it takes the question nothing is known, and nothing written. */
  async #answer(): Promise<void> {
    for (;;) {
      try {
        await this.#ask();
        return;
      } catch (error) {
        if (this.#state !== 'held' || isLasting(brokerError(error, 'of the job'))) throw error;
      }
      await new Promise<void>((resolve) => this.#options.clock.setTimeout(resolve, AGAIN));
    }
  }

  /** The job is over for this manager: it has ended it, or gives it back. */
  end(): void {
    if (this.#state === 'held') this.#state = 'over';
    this.#options.clock.clearTimeout(this.#timer);
  }

  /** Milliseconds since Redis has confirmed it. */
  get silence(): number {
    return this.#options.clock.machine() - this.#confirmed;
  }

  #plan(): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      void this.#ask().catch(() => {}); // The next write is refused.
      if (this.#state === 'held') this.#plan();
    }, RENEW);
  }

  #ask(): Promise<void> {
    if (this.#state !== 'held') return Promise.reject(gone());
    this.#asking ??= this.#answered().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #answered(): Promise<void> {
    const sent = this.#options.clock.machine();
    if (await this.#options.renew()) {
      this.#confirmed = sent;
      return;
    }
    if (this.#state === 'held') {
      this.end();
      this.#state = 'lost';
      this.#options.onLost();
    }
    throw gone();
  }
}

function gone(): BatchError {
  const message = 'This manager was silent for too long, so that another one may have its job by now. Nothing more is written.';
  return new BatchError('ERR_BATCH_LOCKED', message, { phase: 'during' });
}
