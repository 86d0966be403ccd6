import type { Clock, Timer } from '../core/clock.ts';
import { Backoff } from '../supervision/backoff.ts';
import { RestartIntensity } from '../supervision/intensity.ts';

export interface RestartOptions {
  /** Unproductive deaths that are forgiven … */
  readonly intensity: number;
  /** … within so many milliseconds. */
  readonly within: number;
  /** Delay before the second restart in a row, then doubled, and the longest one; in milliseconds. */
  readonly minTimeout: number;
  readonly maxTimeout: number;
}

/** Restarts after unproductive deaths: failed starts, and threads that died before they had done anything. */
export class Restarts {
  readonly #clock: Clock;
  readonly #intensity: RestartIntensity;
  readonly #backoff: Backoff;
  readonly #timers = new Set<Timer>();

  constructor(options: RestartOptions, clock: Clock) {
    this.#clock = clock;
    this.#intensity = new RestartIntensity(options, clock);
    this.#backoff = new Backoff({ ...options, resetAfter: options.within }, clock);
  }

  /** Counts a death. Plans a restart, or says that there were too many. */
  unproductive(restart: () => void): 'planned' | 'exceeded' {
    if (!this.#intensity.add()) return 'exceeded';
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer);
      restart();
    }, this.#backoff.next());
    this.#timers.add(timer);
    return 'planned';
  }

  cancel(): void {
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    this.#timers.clear();
  }
}
