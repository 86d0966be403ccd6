import type { Clock, Timer } from '../../core/clock.ts';

/** Milliseconds to the next start while the cores can take one more: to begin one keeps this thread busy, and its caller comes first. */
const TURN = 1;
/** Milliseconds after which the next thread is started although the cores are busy with others: they may be waiting for something. */
const PATIENCE = 50;

/** What wants threads. */
export interface Wanting {
  /** Whether there are fewer threads than are wanted, those counted in that start or are planned. */
  readonly missing: boolean;
  /** Threads that are starting. */
  readonly starting: number;
  startMissing(): void;
}

/** Starts threads one after the other, as many at a time as there are cores: what starts beside more than those starts later, all of it. */
export class Staging {
  readonly #clock: Clock;
  readonly #width: number;
  readonly #staff: Wanting;
  #phase: 'open' | 'stopped' = 'open';
  #timer: Timer | undefined;
  #lastStart = Number.NEGATIVE_INFINITY;

  /** @param width threads that start at the same time; `Infinity`: all of them, at once */
  constructor(clock: Clock, width: number, staff: Wanting) {
    this.#clock = clock;
    this.#width = width;
    this.#staff = staff;
  }

  /** Whether more threads are to be started. */
  get pending(): boolean {
    return this.#timer !== undefined && this.#staff.missing; // What was missing may have come otherwise.
  }

  /** Something may be missing. */
  fill(): void {
    const staff = this.#staff;
    if (this.#phase === 'stopped') return;
    if (this.#width === Number.POSITIVE_INFINITY) {
      while (staff.missing) staff.startMissing();
      return;
    }
    if (!staff.missing) return;
    const now = this.#clock.now();
    if (staff.starting < this.#width || now - this.#lastStart >= PATIENCE) {
      this.#lastStart = now;
      staff.startMissing();
    }
    if (staff.missing) this.#timer ??= this.#clock.setTimeout(() => this.#due(), staff.starting < this.#width ? TURN : PATIENCE);
  }

  /** No thread is started any more. */
  stop(): void {
    this.#phase = 'stopped';
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #due(): void {
    this.#timer = undefined;
    this.fill();
  }
}
