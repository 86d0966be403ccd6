import type { Clock } from '../clock.ts';

/** The time of what goes on now. It is read once for all outcomes of a report, because to ask the clock costs as much as to settle a task. */
export class Moment {
  readonly #clock: Clock;
  #held: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#held ?? this.#clock.now();
  }

  /** From here to `release()` no time passes. */
  hold(): void {
    this.#held = this.#clock.now();
  }

  release(): void {
    this.#held = undefined;
  }
}
