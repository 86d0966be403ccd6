import { NotCloneableError } from '../../core/errors.ts';
import type { Attempt } from '../../core/task.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { Services } from '../services.ts';
import type { Bundle, PoolThread } from '../threads/pool-thread.ts';
import type { AttemptEnds } from './attempt-ends.ts';
import type { Fences } from './fences.ts';
import { tellLate } from './late.ts';
import type { GoesOn, TakesBack } from './outcomes-host.ts';

export interface LostResultsParts {
  readonly backlog: Backlog;
  readonly ends: AttemptEnds;
  readonly services: Services;
  readonly fences: Fences;
  readonly takeBack: Pick<TakesBack, 'giveBack'>;
  readonly feeder: GoesOn;
}

/**
 * Results that were sent and cannot be read: nested too deeply for the stack here, too large for the memory, or of a kind that cannot leave its
 * process. The thread lives on. One result that is lost by itself is its task's failure; of several that are lost together any may be the cause,
 * so each of them runs again alone, and uses up no retry.
 */
export class LostResults {
  readonly #parts: LostResultsParts;

  constructor(parts: LostResultsParts) {
    this.#parts = parts;
  }

  /** A message of the thread could not be read. What it held is known as soon as the thread has accounted for it, or the next report shows a gap. */
  unreadable(thread: PoolThread): void {
    thread.unaccounted++;
  }

  /** The thread has sent what comes before this item of this bundle, and says so after an unreadable message. */
  accounted(thread: PoolThread, number: number, upTo: number): void {
    if (thread.unaccounted === 0) return; // It was not asked for: a task has forged it.
    this.before(thread, number, upTo);
    thread.unaccounted--;
  }

  /** What comes before this item of this bundle will not arrive any more, if a message is missing. */
  before(thread: PoolThread, number: number, upTo: number): void {
    if (thread.unaccounted === 0) return;
    for (const bundle of [...thread.bundles]) {
      if (bundle.number <= number) this.#lose(thread, bundle, bundle.number < number ? bundle.size : upTo);
    }
  }

  #lose(thread: PoolThread, bundle: Bundle, upTo: number): void {
    const from = bundle.reported;
    const end = Math.min(upTo, thread.standing(bundle).finished);
    if (end <= from) return;
    const lost = bundle.attempts.slice(from, end);
    bundle.reported = end;
    thread.finished += lost.length;
    if (end === bundle.size) thread.drop(bundle);
    const held = lost.filter((attempt) => thread.holds(attempt, bundle));
    const runsAgain = (attempt: Attempt): boolean => lost.length > 1 && attempt.mayRunTwice;
    const { ends } = this.#parts;
    const endOf = (attempt: Attempt) => (held.includes(attempt) ? (runsAgain(attempt) ? 'interrupted' : 'clone') : ends.of(attempt));
    const ended = lost.map((attempt) => ({ bundle, attempt, end: endOf(attempt) }));
    ends.endedUntold(thread, ended, thread.untoldSince(bundle));
    // Mark all first: failing one may close a quarantine key, and tasks not marked as begun would then be refused.
    for (const attempt of lost) attempt.begin();
    const again: Attempt[] = [];
    for (const attempt of lost) {
      if (!held.includes(attempt)) this.#unawaited(thread, attempt);
      else if (runsAgain(attempt)) again.push(attempt);
      else this.#failed(attempt);
    }
    for (const attempt of again) attempt.travelAlone();
    this.#parts.takeBack.giveBack(again);
    if (end === bundle.size) this.#parts.feeder.bundleDone(thread);
  }

  /** The result of an attempt that was given up will never come. */
  #unawaited(thread: PoolThread, attempt: Attempt): void {
    tellLate(this.#parts.services, thread, attempt.task.id, attempt.number);
    this.#parts.fences.ended(thread, attempt);
  }

  #failed(attempt: Attempt): void {
    if (attempt.state !== 'sent') return; // Who heard of the failure before it has given it up.
    attempt.end();
    this.#parts.backlog.release(attempt);
    const why = 'it arrived in a form that cannot be read. It is nested too deeply, too large, or of a kind that cannot leave its process';
    attempt.task.spec.course.failed(attempt, { kind: 'clone', error: new NotCloneableError('result', new Error(why)) });
  }
}
