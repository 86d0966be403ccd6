import type { Clock, Timer } from '../../core/clock.ts';
import type { Log } from '../log/log.ts';
import type { Member } from './member.ts';

/** Milliseconds until the next standby is started, at the latest, when one has taken over. */
const AFTER_TAKE_OVER = 250;
/** Milliseconds after the answer: the caller has a turn of the loop to use it in. */
const AFTER_ANSWER = 2;

interface Owed {
  /** It has taken over. */
  readonly member: Member;
  /** Messages before this one had come by then. */
  readonly upTo: number;
  readonly timer: Timer;
}

/** Restarts that wait for their time. */
export class Restarts {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #restart: () => void;
  readonly #waiting = new Set<Timer>();
  readonly #owed = new Set<Owed>();

  constructor(clock: Clock, log: Log, restart: () => void) {
    this.#clock = clock;
    this.#log = log;
    this.#restart = restart;
  }

  /** @param delay milliseconds */
  later(delay: number): void {
    if (delay === 0) this.#restart();
    else this.#set(delay);
  }

  /**
   * To start a thread, and the more so a process, blocks the loop: those who wait for the one that took over are answered first, if that is soon.
   * @param delay milliseconds, at least
   */
  afterTakeOver(member: Member, delay: number): void {
    if (delay >= AFTER_TAKE_OVER) this.#set(delay);
    else this.#owed.add({ member, upTo: this.#log.end, timer: this.#set(AFTER_TAKE_OVER) });
  }

  /** Something was answered. */
  look(): void {
    for (const owed of this.#owed) {
      const { member, upTo, timer } = owed;
      if (this.#waiting.has(timer) && (this.#log.committed < upTo || member.asked.size > 0)) continue;
      this.#owed.delete(owed);
      if (!this.#waiting.delete(timer)) continue;
      this.#clock.clearTimeout(timer);
      this.#set(AFTER_ANSWER);
    }
  }

  close(): void {
    for (const timer of this.#waiting) this.#clock.clearTimeout(timer);
    this.#waiting.clear();
    this.#owed.clear();
  }

  #set(delay: number): Timer {
    const timer = this.#clock.setTimeout(() => {
      this.#waiting.delete(timer);
      this.#restart();
    }, delay);
    this.#waiting.add(timer);
    return timer;
  }
}
