import type { Clock, Timer } from '../../../src/core/clock.ts';
import { AttendedClock } from '../../../src/core/time/attended-clock.ts';
import { LATE } from '../../../src/core/time/presence.ts';
import type { Dice } from '../world/dice.ts';
import type { Timeline } from '../world/timeline.ts';

/**
 * The whole program is stopped now and then, as by Ctrl-Z, `docker pause`, or a machine that sleeps: no loop turns, no thread computes, and the clock
 * that the machine has goes on. In such a seed the pool has the clock that real pools have, on top of the virtual one.
 */
export class Pauses {
  readonly #timeline: Timeline;
  readonly #dice: Dice;
  readonly #rate: number;
  readonly #longest: number;
  /** The pool's clock. */
  readonly clock: Clock;
  /** How often the program was stopped. */
  count = 0;

  constructor(dice: Dice, timeline: Timeline) {
    this.#dice = dice;
    this.#timeline = timeline;
    const strikes = dice.chance(0.15);
    this.#rate = strikes ? dice.log(0.0002, 0.005) : 0;
    this.#longest = dice.log(50, 100_000);
    this.clock = strikes ? attended(timeline) : timeline;
  }

  get strike(): boolean {
    return this.#rate > 0;
  }

  /** Milliseconds for which the program is stopped at this event; mostly none. */
  draw(): number {
    if (this.#rate === 0 || !this.#dice.chance(this.#rate)) return 0;
    return this.#longest * this.#dice.next();
  }

  stop(ms: number): void {
    this.count++;
    this.#timeline.jump(ms);
  }

  /** Milliseconds that may count for what has lived through this many of all pauses: shorter ones are not noticed. Elsewhere the pool's clock is the machine's. */
  charged(before: number): number {
    return this.#rate === 0 ? Number.POSITIVE_INFINITY : (LATE + 1) * (this.count - before);
  }
}

function attended(timeline: Timeline): Clock {
  return new AttendedClock({
    now: () => timeline.now(),
    wall: () => timeline.wall(),
    // Whatever is not stopped computes.
    cpuTime: () => timeline.insideNow,
    setTimeout: (fn, ms) => timeline.setTimeout(fn, ms),
    clearTimeout: (timer: Timer) => timeline.clearTimeout(timer),
  });
}
