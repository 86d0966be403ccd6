import type { Clock, Timer } from '../../core/clock.ts';
import { Pending } from './pending.ts';

/** Calls that wait for their answer. One timer for all; a call that is answered in time costs none. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #open = new Set<Pending>();
  readonly #late: (pending: Pending) => void;
  readonly #onChange: (open: number) => void;
  #timer: Timer | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, late: (pending: Pending) => void, onChange: (open: number) => void) {
    this.#clock = clock;
    this.#late = late;
    this.#onChange = onChange;
  }

  get open(): ReadonlySet<Pending> {
    return this.#open;
  }

  add(timeout: number): Pending {
    const deadline = timeout === Number.POSITIVE_INFINITY ? timeout : this.#clock.now() + timeout;
    const pending = new Pending(timeout, deadline, (settled) => {
      this.#open.delete(settled);
      if (this.#open.size === 0) this.#onChange(0);
    });
    this.#open.add(pending);
    if (this.#open.size === 1) this.#onChange(1);
    if (deadline < this.#armedFor) this.#arm(deadline);
    return pending;
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #arm(deadline: number): void {
    this.#clock.clearTimeout(this.#timer);
    this.#armedFor = deadline;
    // What arrives through the event loop is waited for in time in which that turned.
    this.#timer = this.#clock.setTimeout(() => this.#fire(), Math.min(Math.max(0, deadline - this.#clock.now()), 2 ** 31 - 1), 'turning');
  }

  #fire(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const pending of [...this.#open]) {
      if (pending.deadline <= now) this.#late(pending);
      else next = Math.min(next, pending.deadline);
    }
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
  }
}
