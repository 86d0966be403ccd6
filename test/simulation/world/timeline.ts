import { type Clock, MAX_DELAY, type Timer } from '../../../src/core/clock.ts';
import type { Random } from '../../../src/core/random.ts';
import { TimerHeap, type VirtualTimer } from '../../../src/faults/timer-heap.ts';

type LoopTimer = VirtualTimer & { setAt?: number };

/**
 * Time as two parties live it. The manager has timers, and a loop that things arrive at; while its loop is blocked both wait.
 * Threads go on regardless. When the manager wakes late it finds overdue timers and arrivals side by side, and chance decides
 * which it looks at first: Node promises nothing there.
 */
export class Timeline implements Clock {
  readonly #timers = new TimerHeap();
  readonly #arrivals = new TimerHeap();
  readonly #inside = new TimerHeap();
  readonly #random: Random;
  readonly #wallAtZero = 1_700_000_000_000;
  /** By how much the wall clock is wrong, at each look. */
  wallError: () => number = () => 0;
  #now = 0;
  /** How far the threads' events have been pushed back by jumps of the clock. */
  #shift = 0;
  /** Milliseconds by which timers of the manager may come too early or too late. */
  early = 0;
  late = 0;
  /** Until then the manager's loop does nothing. */
  blockedUntil = 0;
  /** When the manager's loop last did something before now. */
  lastTurn = 0;
  #turn = 0;
  /** When the loop last took something in. */
  #polled = 0;
  /** Events so far. */
  events = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wallAtZero + this.#now + this.wallError();
  }

  machine(): number {
    return this.#now;
  }

  fromMachine(ms: number): number {
    return ms;
  }

  setTimeout(fn: () => void, ms: number): Timer {
    const delay = ms > 1 ? Math.min(Math.trunc(ms), MAX_DELAY) : 1;
    const skew = this.late === 0 ? 0 : round(this.#random() * (this.late + this.early) - this.early);
    const timer: LoopTimer = this.#timers.push(this.#now + Math.max(0.25, delay + skew), fn);
    timer.setAt = this.#now;
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer !== undefined) this.#timers.cancel(timer as VirtualTimer);
  }

  /** Something reaches the manager's loop after `delay`. */
  arrive(fn: () => void, delay: number): VirtualTimer {
    return this.#arrivals.push(this.#now + delay, fn);
  }

  /** Something happens inside a thread, or to it, after `delay`. */
  inside(fn: () => void, delay: number): VirtualTimer {
    return this.#inside.push(this.insideNow + delay, fn);
  }

  /** Now, on a clock that does not leap. */
  get insideNow(): number {
    return this.#now - this.#shift;
  }

  /** Milliseconds for which the manager's loop does nothing. */
  block(ms: number): void {
    this.blockedUntil = Math.max(this.blockedUntil, this.#now + ms);
  }

  /** For how much longer. */
  get stillBlocked(): number {
    return Math.max(0, this.blockedUntil - this.#now);
  }

  /** The clock leaps; nothing has been done meanwhile. */
  jump(ms: number): void {
    this.#now += ms;
    this.#shift += ms;
  }

  /** Timers of the manager that wait. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Runs the next event; false if nothing is due by `until`. */
  step(until: number): boolean {
    const inside = this.#inside.peek();
    const timer = this.#timers.peek();
    const arrival = this.#arrivals.peek();
    const insideAt = inside === undefined ? Number.POSITIVE_INFINITY : inside.at + this.#shift;
    const timerAt = timer === undefined ? Number.POSITIVE_INFINITY : Math.max(timer.at, this.blockedUntil, this.#now);
    const arrivalAt = arrival === undefined ? Number.POSITIVE_INFINITY : Math.max(arrival.at, this.blockedUntil, this.#now);
    const at = Math.min(insideAt, timerAt, arrivalAt);
    if (at > until || at === Number.POSITIVE_INFINITY) return false;
    if (at > this.#now) this.#now = at;
    this.events++;
    if (insideAt === at) {
      this.#inside.pop()!.fire();
      return true;
    }
    if (at > this.#turn) {
      this.lastTurn = this.#turn;
      this.#turn = at;
    }
    if (timerAt < arrivalAt || (timerAt === arrivalAt && this.#timerFirst(timer!, arrival!))) {
      this.#timers.pop()!.fire();
    } else {
      this.#polled = at;
      this.#arrivals.pop()!.fire();
    }
    return true;
  }

  /**
   * Both are due. What had arrived when a timer was set has had its turn before the timer fires; and a loop that takes in what has
   * arrived takes in all of it before it looks at timers again. The rest is chance.
   */
  #timerFirst(timer: LoopTimer, arrival: VirtualTimer): boolean {
    return arrival.at > timer.setAt! && arrival.at > this.#polled && this.#random() < 0.5;
  }

  /** Nothing is left to happen before `at`. */
  skipTo(at: number): void {
    if (at > this.#now) this.#now = at;
  }
}

/** Times are multiples of 1/1024 ms, so that sums of them are exact. */
export function round(ms: number): number {
  return Math.round(ms * 1024) / 1024;
}
