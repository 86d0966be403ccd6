import { type Clock, MAX_DELAY, type Timer, type TimeScale } from '../clock.ts';
import { type CpuTime, LATE, Presence, TICK } from './presence.ts';

/** What a clock is made from. */
export interface Timepiece {
  /** Milliseconds on a monotonic scale, whatever becomes of the program. */
  now(): number;
  wall(): number;
  readonly cpuTime: CpuTime;
  /** It does not keep the process alive. */
  setTimeout(fn: () => void, ms: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** Time that counts for no task. */
interface Pause {
  readonly from: number;
  readonly until: number;
  /** Milliseconds that were lost before it and with it, in all. */
  readonly before: number;
  readonly lost: number;
}

/** How many of the last pauses are known exactly; of what is older see `joinOldest`. Each of them took a tenth of a second at least. */
const KEPT_PAUSES = 512;

class AttendedTimer implements Timer {
  state: 'set' | 'done' = 'set';
  #held = false;
  raw: Timer | undefined;

  ref(): void {
    this.#held = true;
    this.raw?.ref();
  }

  unref(): void {
    this.#held = false;
    this.raw?.unref();
  }

  /** It has to wait for longer. */
  again(raw: Timer): void {
    this.raw = raw;
    if (this.#held) raw.ref();
  }
}

/**
 * A clock that stands still while the program does. It ticks as long as a timer is set, and no longer: a program that waits for nothing is not
 * woken up. A timer that is due looks at the clock, and if the program was paused meanwhile it waits for the rest.
 */
export class AttendedClock implements Clock {
  readonly presence: Presence = new Presence();
  readonly shared: SharedArrayBuffer = this.presence.buffer;
  readonly #piece: Timepiece;
  readonly #pauses: Pause[] = [];
  #set = 0;
  #ticker: Timer | undefined;
  /** When the loop turned last, and for how long it has not, over all. */
  #turnedAt = 0;
  #stalled = 0;
  /** The last tick was late. */
  #isLate = false;

  constructor(piece: Timepiece) {
    this.#piece = piece;
  }

  now(): number {
    const machine = this.#piece.now();
    if (machine - this.presence.tickedAt > LATE && this.#ticker !== undefined) this.#account(machine);
    return machine - this.presence.lost;
  }

  wall(): number {
    return this.#piece.wall();
  }

  machine(): number {
    return this.#piece.now();
  }

  fromMachine(ms: number): number {
    if (this.presence.lost === 0) return ms;
    for (let i = this.#pauses.length - 1; i >= 0; i--) {
      const { from, until, before, lost } = this.#pauses[i]!;
      if (ms >= until) return ms - lost;
      if (ms > from) return Math.min(ms - before, until - lost);
    }
    return ms; // Before the first of all pauses.
  }

  setTimeout(fn: () => void, ms: number, scale: TimeScale = 'lived'): Timer {
    const timer = new AttendedTimer();
    this.#set++;
    this.#attend();
    const delay = ms > 0 ? Math.min(ms, MAX_DELAY) : 0;
    const since = this.#on(scale);
    const shift = this.#shift(scale);
    const fire = (): void => {
      if (timer.state !== 'set') return;
      // What waits in the queue of a loop that was blocked gets a turn, however short the wait was to be.
      const turn = scale === 'turning' && (this.#isLate || this.#piece.now() - this.#turnedAt > LATE) ? TICK : 0;
      const left = Math.max(turn, since + delay - this.#on(scale));
      if (this.#shift(scale) !== shift && left >= 1) {
        timer.again(this.#piece.setTimeout(fire, Math.ceil(left)));
        return;
      }
      this.#done(timer);
      fn();
    };
    timer.raw = this.#piece.setTimeout(fire, delay);
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    if (!(timer instanceof AttendedTimer) || timer.state !== 'set') return;
    this.#piece.clearTimeout(timer.raw!);
    this.#done(timer);
  }

  #done(timer: AttendedTimer): void {
    timer.state = 'done';
    if (--this.#set > 0) return;
    this.#piece.clearTimeout(this.#ticker!);
    this.#ticker = undefined;
    this.presence.end();
  }

  #on(scale: TimeScale): number {
    return scale === 'lived' ? this.now() : this.#piece.now() - this.#stalledUntilNow();
  }

  /** By how much a scale lies behind the machine's. */
  #shift(scale: TimeScale): number {
    return scale === 'lived' ? this.presence.lost : this.#stalledUntilNow();
  }

  #stalledUntilNow(): number {
    return this.#stalled + Math.max(0, this.#piece.now() - this.#turnedAt - LATE);
  }

  #attend(): void {
    if (this.#ticker !== undefined) return;
    const now = this.#piece.now();
    this.presence.begin(now, this.#piece.cpuTime);
    this.#turnedAt = now;
    this.#isLate = false;
    this.#ticker = this.#piece.setTimeout(() => this.#tick(), TICK);
  }

  #tick(): void {
    const now = this.#piece.now();
    // Whatever else is overdue is called in the same turn, before anything that has arrived.
    this.#isLate = now - this.#turnedAt > LATE;
    this.#stalled = this.#stalledUntilNow();
    this.#turnedAt = now;
    this.#account(now);
    this.#ticker = this.#piece.setTimeout(() => this.#tick(), TICK);
  }

  #account(now: number): void {
    const { tickedAt, lost: before } = this.presence;
    this.presence.tick(now, this.#piece.cpuTime);
    const { lost } = this.presence;
    if (lost === before) return;
    if (this.#pauses.length === KEPT_PAUSES) joinOldest(this.#pauses);
    this.#pauses.push({ from: tickedAt, until: now, before, lost });
  }
}

/**
 * Makes one pause of two. What began between them seems to have begun when the second was over, so that its limit passes later: by no more than was lived
 * in the two and between them. Those two are joined for which that is least beside all that was lived since, so that a limit is late by a small share of
 * itself. None is forgotten: then what is older than those that are left would seem to have lived through all of them.
 */
function joinOldest(pauses: Pause[]): void {
  const endOf = ({ until, lost }: Pause): number => until - lost;
  const now = endOf(pauses.at(-1)!);
  let [best, least] = [1, Number.POSITIVE_INFINITY];
  for (let i = 1; i < pauses.length - 1; i++) {
    const [first, end] = [pauses[i - 1]!, endOf(pauses[i]!)];
    const share = (end - (first.from - first.before)) / (now - end);
    if (share < least) [best, least] = [i, share];
  }
  const [first, second] = [pauses[best - 1]!, pauses[best]!];
  pauses.splice(best - 1, 2, { from: first.from, until: second.until, before: first.before, lost: second.lost });
}
