import { encodeForSure } from '../../core/wire/codec.ts';
import { plainCopy } from '../content.ts';
import { notCloneable } from '../errors.ts';
import { type Effect, FROM, type FromThread, OUTCOME, type Outcome, type Report } from '../wire.ts';
import { outcomeOf } from './outcome.ts';

/** Sends what became of messages, many at a time. */
export class Reports {
  readonly #post: (message: FromThread) => void;
  readonly #wait: number;
  #waiting: Report[] = [];
  #applied: number | undefined;
  /** When the last were sent, or the first of these began. */
  #since = 0;

  /** @param wait milliseconds for which reports wait for company at most, as long as messages are short */
  constructor(post: (message: FromThread) => void, wait: number) {
    this.#post = post;
    this.#wait = wait;
  }

  /** There is something to do again. `now` in milliseconds. */
  begin(now: number): void {
    this.#since = now;
  }

  add(seq: number, outcome: Outcome, value: unknown, effects: readonly Effect[] | undefined, now: number): void {
    this.#waiting.push([seq, outcome, value, effects]);
    if (now - this.#since > this.#wait) {
      this.flush();
      this.#since = now;
    }
  }

  /**
   * What a handler has returned.
   * @param isLast nothing runs before it is sent; otherwise an object in it is copied as it is now. Getters of it run before this returns
   */
  result(seq: number, value: unknown, effects: readonly Effect[] | undefined, now: number, isLast: boolean): void {
    if (typeof value !== 'object' || value === null) {
      this.add(seq, OUTCOME.reply, value, effects, now);
      return;
    }
    const [outcome, told] = outcomeOf(value);
    const isObject = typeof told === 'object' && told !== null;
    const own = isObject && !isLast ? plainCopy(told) : undefined;
    this.add(seq, outcome, own ?? told, effects, now);
    if (isObject && own === undefined) this.flush();
  }

  /** In the state, and no report is expected. */
  applied(seq: number): void {
    this.#applied = seq;
  }

  flush(): void {
    if (this.#applied !== undefined) this.#post([FROM.applied, this.#applied]);
    this.#applied = undefined;
    const reports = this.#waiting;
    if (reports.length === 0) return;
    this.#waiting = [];
    try {
      this.#post(reports.length === 1 ? [FROM.report, ...reports[0]!] : [FROM.reports, reports]);
    } catch {
      for (const report of reports) this.#alone(report);
    }
  }

  /** One of them cannot be cloned: that is its caller's error, and of no other. */
  #alone(report: Report): void {
    try {
      this.#post([FROM.report, ...report]);
    } catch (cause) {
      this.#post([FROM.report, ...unreadable(report, cause)]);
    }
  }
}

/** The message was handled, and its state stands; only its reply cannot travel. */
function unreadable([seq, , , effects]: Report, cause: unknown): Report {
  return [seq, OUTCOME.fail, encodeForSure(notCloneable('reply', cause)), effects];
}
