import type { Clock, Timer } from '../../core/clock.ts';
import type { ServerTally } from '../../core/servers/server-tally.ts';
import { lateCall } from '../errors.ts';
import { Pending, type PendingList } from './pending.ts';

/** Lists that are empty are forgotten when there are more than this. */
const MOST_LISTS = 64;

/** Calls with the same time-out, in the order in which they came, which is that of their deadlines: to add one and to take one out costs the same at any length. */
class SameTimeout implements PendingList {
  readonly timeout: number;
  readonly #deadlines: Deadlines;
  first: Pending | undefined;
  #last: Pending | undefined;

  constructor(timeout: number, deadlines: Deadlines) {
    this.timeout = timeout;
    this.#deadlines = deadlines;
  }

  add(pending: Pending): void {
    pending.before = this.#last;
    if (this.#last === undefined) this.first = pending;
    else this.#last.after = pending;
    this.#last = pending;
  }

  settled(pending: Pending): void {
    const { before, after } = pending;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    pending.before = undefined;
    pending.after = undefined;
    this.#deadlines.settled(pending);
  }
}

/** Calls that wait for their answer. One timer for all; a call that is answered in time costs none. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lists = new Map<number, SameTimeout>();
  /** Calls were rejected that had waited too long. */
  readonly #late: () => void;
  /** The last one that waited was settled. */
  readonly #onNone: () => void;
  readonly #tally: ServerTally;
  #timer: Timer | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  /** How many wait. */
  size = 0;

  constructor(clock: Clock, tally: ServerTally, late: () => void, onNone: () => void) {
    this.#clock = clock;
    this.#tally = tally;
    this.#late = late;
    this.#onNone = onNone;
  }

  add(timeout: number): Pending {
    const now = this.#clock.now();
    const deadline = now + timeout;
    let list = this.#lists.get(timeout);
    if (list === undefined) {
      list = new SameTimeout(timeout, this);
      this.#forget();
      this.#lists.set(timeout, list);
    }
    const pending = new Pending(timeout, now, deadline, list);
    list.add(pending);
    this.size++;
    if (deadline < this.#armedFor) this.#arm(deadline);
    return pending;
  }

  /** All that wait. */
  all(): Pending[] {
    const all: Pending[] = [];
    for (const list of this.#lists.values()) for (let one = list.first; one !== undefined; one = one.after) all.push(one);
    return all;
  }

  settled({ since }: Pending): void {
    this.#tally.calls.observe(this.#clock.now() - since);
    if (--this.size === 0) this.#onNone();
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #forget(): void {
    if (this.#lists.size < MOST_LISTS) return;
    for (const [timeout, { first }] of this.#lists) if (first === undefined) this.#lists.delete(timeout);
  }

  #arm(deadline: number): void {
    this.#clock.clearTimeout(this.#timer);
    this.#armedFor = deadline;
    // What arrives through the event loop is waited for in time in which that turned.
    this.#timer = this.#clock.setTimeout(() => this.#fire(), Math.min(Math.max(0, deadline - this.#clock.now()), 2 ** 31 - 1), 'turning');
  }

  #fire(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const list of [...this.#lists.values()]) {
      while (list.first !== undefined && list.first.deadline <= now) {
        this.#tally.timeouts++;
        list.first.reject(lateCall(list.first.timeout));
      }
      if (list.first !== undefined) next = Math.min(next, list.first.deadline);
    }
    this.#late();
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
  }
}
