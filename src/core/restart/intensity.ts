import type { Clock } from '../clock.ts';

/** How many restarts are too many. */
export interface IntensityLimits {
  /** That many restarts are allowed within the window; one more is one too many. */
  intensity: number;
  /** Milliseconds of the sliding window. */
  within: number;
}

/**
 * Restart intensity as Erlang/OTP's supervisor has it: keep the times newer than now - `within`, add now, go on while
 * there are at most `intensity`.
 */
export class RestartIntensity {
  /** Restarts that are allowed within the window. */
  readonly intensity: number;
  /** Milliseconds of the sliding window. */
  readonly within: number;
  readonly #clock: Clock;
  /** Oldest first; what lies before `#head` has left the window. Never more than `intensity` + 1 live entries. */
  #times: number[] = [];
  #head = 0;

  constructor(limits: IntensityLimits, clock: Clock) {
    this.intensity = limits.intensity;
    this.within = limits.within;
    this.#clock = clock;
  }

  /**
   * Counts one restart, now.
   *
   * @returns whether it is still within the limit; `false` means: give up
   */
  add(): boolean {
    const now = this.#clock.now();
    this.#forget(now);
    // Beyond the limit it is known that there are too many, so a burst costs no memory: the oldest one makes room.
    if (this.#live > this.intensity) this.#head++;
    this.#times.push(now);
    return this.#live <= this.intensity;
  }

  /** Whether one more, `ms` milliseconds from now, would be one too many, whatever else happens until then. */
  exceededIn(ms: number): boolean {
    const oldest = this.#clock.now() + ms - this.within;
    return this.#times.slice(this.#head).filter((at) => at > oldest).length >= this.intensity;
  }

  /** How many restarts the window holds now. */
  count(): number {
    this.#forget(this.#clock.now());
    return this.#live;
  }

  get #live(): number {
    return this.#times.length - this.#head;
  }

  #forget(now: number): void {
    const oldest = now - this.within;
    while (this.#head < this.#times.length && this.#times[this.#head]! <= oldest) this.#head++;
    if (this.#head > 32 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
  }
}
