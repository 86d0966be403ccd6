import type { Clock, Timer } from '../../core/clock.ts';
import { StartupError } from '../../core/errors.ts';
import type { ThreadExitReason } from '../../core/events.ts';
import { Backoff } from '../../core/restart/backoff.ts';
import { RestartIntensity } from '../../core/restart/intensity.ts';
import type { Exit } from '../../executors/executor.ts';

export interface RestartOptions {
  /** The pool fails at the next unproductive death after this many … */
  readonly intensity: number;
  /** … within this many milliseconds. */
  readonly within: number;
  /** Milliseconds before the second restart in a row, doubled each time, and the longest delay. */
  readonly minTimeout: number;
  readonly maxTimeout: number;
}

/**
 * Milliseconds to delay the replacement while a spare takes over. Starting a thread blocks this one for about 1 ms and uses a core; the spare needs
 * both for its first task.
 */
const SOON = 2;

/** Restarts after unproductive deaths: failed starts, and threads that died before they had done anything. */
export class Restarts {
  readonly #clock: Clock;
  readonly #intensity: RestartIntensity;
  readonly #backoff: Backoff;
  readonly #timers = new Set<Timer>();
  #imminent = 0;

  constructor(options: RestartOptions, clock: Clock) {
    this.#clock = clock;
    this.#intensity = new RestartIntensity(options, clock);
    this.#backoff = new Backoff({ ...options, resetAfter: options.within }, clock);
  }

  /** Starts that are put off. */
  get planned(): number {
    return this.#timers.size;
  }

  /** Whether a thread is to be started soon. */
  get imminent(): boolean {
    return this.#imminent > 0;
  }

  /** How many more unproductive deaths are allowed now. */
  get left(): number {
    return Math.max(0, this.#intensity.intensity - this.#intensity.count());
  }

  /** Counts an unproductive death; false if there were too many. */
  count(): boolean {
    return this.#intensity.add();
  }

  /** Restarts now, soon (behind the spare that takes over), or late, with the delay that is due after an unproductive death. */
  plan(when: 'now' | 'soon' | 'late', restart: () => void): void {
    if (when === 'now') {
      restart();
      return;
    }
    const soon = when === 'soon' ? 1 : 0;
    this.#imminent += soon;
    const due = (): void => {
      this.#imminent -= soon;
      this.#timers.delete(timer);
      restart();
    };
    const timer = this.#clock.setTimeout(due, soon ? SOON : this.#backoff.next());
    this.#timers.add(timer);
  }

  cancel(): void {
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    this.#timers.clear();
  }
}

/** Deaths that the pool did not order. */
const FAULTS: ReadonlySet<ThreadExitReason> = new Set<ThreadExitReason>(['crash', 'exit', 'oom', 'lateError', 'unresponsive', 'orphan']);

/** A death that no task is to blame for, of a thread that had finished none. */
export function isUnproductive(reason: ThreadExitReason, verdict: 'blamed' | 'innocent', finished: number): boolean {
  return reason === 'startup' || (verdict === 'innocent' && finished === 0 && FAULTS.has(reason));
}

/** A failed start of which the thread itself left no word. */
export function explained(exit: Exit, stopReason: ThreadExitReason | undefined, startupTimeout: number): Exit {
  if (exit.error !== undefined) return exit;
  return { ...exit, error: new StartupError(exit.exitCode, stopReason === 'startup' ? startupTimeout : undefined) };
}
