import type { Clock, Timer } from '../../core/clock.ts';

/** Milliseconds to the next start while the cores can take one more: to begin one keeps this thread busy, and its caller comes first. */
const TURN = 1;
/** Milliseconds after which the next thread is started although the cores are busy with others: they may be waiting for something. */
const PATIENCE = 50;

interface StagingParts {
  readonly clock: Clock;
  /** Threads that start at the same time; `Infinity`: all of them, at once. */
  readonly width: number;
  /** Whether the pool has fewer threads than it wants, those counted in that start or are planned. */
  missing(): boolean;
  /** Threads that are starting. */
  starting(): number;
  start(): void;
}

/** Starts threads one after the other, as many at a time as there are cores: what starts beside more than those starts later, all of it. */
export class Staging {
  readonly #parts: StagingParts;
  #phase: 'open' | 'stopped' = 'open';
  #timer: Timer | undefined;
  #lastStart = Number.NEGATIVE_INFINITY;

  constructor(parts: StagingParts) {
    this.#parts = parts;
  }

  /** Whether more threads are to be started. */
  get pending(): boolean {
    return this.#timer !== undefined && this.#parts.missing(); // What was missing may have come otherwise.
  }

  /** Something may be missing. */
  fill(): void {
    const { clock, width, missing, starting, start } = this.#parts;
    if (this.#phase === 'stopped') return;
    if (width === Number.POSITIVE_INFINITY) {
      while (missing()) start();
      return;
    }
    if (!missing()) return;
    const now = clock.now();
    if (starting() < width || now - this.#lastStart >= PATIENCE) {
      this.#lastStart = now;
      start();
    }
    if (missing()) this.#timer ??= clock.setTimeout(() => this.#due(), starting() < width ? TURN : PATIENCE);
  }

  /** No thread is started any more. */
  stop(): void {
    this.#phase = 'stopped';
    this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #due(): void {
    this.#timer = undefined;
    this.fill();
  }
}
