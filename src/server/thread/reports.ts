import { encodeForSure } from '../../core/wire/codec.ts';
import { notCloneable } from '../errors.ts';
import { FROM, type FromThread, OUTCOME, type Report } from '../wire.ts';

/** Reports wait for company at most this long, in milliseconds, as long as messages are short. */
const SEND_EVERY = 0.25;

/** Sends what became of messages, many at a time. */
export class Reports {
  readonly #post: (message: FromThread) => void;
  readonly #now: () => number;
  #waiting: Report[] = [];
  #applied: number | undefined;
  #sentAt = 0;

  constructor(post: (message: FromThread) => void, now: () => number) {
    this.#post = post;
    this.#now = now;
  }

  add(report: Report): void {
    this.#waiting.push(report);
    if (this.#now() - this.#sentAt > SEND_EVERY) this.flush();
  }

  /** In the state, and nobody waits for a report. */
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
      this.#post([FROM.reports, reports]);
    } catch {
      for (const report of reports) this.#alone(report);
    }
    this.#sentAt = this.#now();
  }

  /** One of them cannot be cloned: that is its caller's error, and of no other. */
  #alone(report: Report): void {
    try {
      this.#post([FROM.reports, [report]]);
    } catch (cause) {
      this.#post([FROM.reports, [unreadable(report, cause)]]);
    }
  }
}

/** The message was handled, and its state stands; only its reply cannot travel. */
function unreadable([seq, , , effects]: Report, cause: unknown): Report {
  return [seq, OUTCOME.fail, encodeForSure(notCloneable('reply', cause)), effects];
}
