import type { AttemptEnd } from '../../core/failure.ts';
import type { Attempt } from '../../core/task.ts';
import type { Bundle, PoolThread } from '../threads/pool-thread.ts';
import type { AttemptTracer } from './witnesses.ts';

/**
 * Counts every attempt that has begun once, when it ends, whatever ends it: a result, a failure, the death of its thread. Who had given it up before,
 * and why, is remembered until then.
 */
export class AttemptEnds {
  readonly #given = new WeakMap<Attempt, AttemptEnd>();
  readonly #tracer: AttemptTracer | undefined;

  constructor(tracer?: AttemptTracer) {
    this.#tracer = tracer;
  }

  /** It is given up, and its thread may still run it: so it will have ended. The first word counts. */
  gaveUp(attempt: Attempt, end: AttemptEnd, thread: PoolThread | undefined): void {
    if (thread !== undefined) this.#mayHaveBegun(thread, attempt);
    const { state } = attempt;
    if ((state === 'new' || state === 'queued') && !attempt.hasBegun) return;
    if (!this.#given.has(attempt)) this.#given.set(attempt, end);
  }

  /** How an attempt has ended whose outcome is not wanted any more. */
  of(attempt: Attempt): AttemptEnd {
    return this.#given.get(attempt) ?? 'interrupted';
  }

  /** It has begun, at this time on the manager's clock: its task waits no longer. */
  began({ task }: Attempt, at: number): void {
    if (!task.waits) return;
    task.waits = false;
    task.spec.tally.times.queue.observe(at - task.acceptedAt);
  }

  /** It has begun and ended. Times are on the manager's clock. */
  ended(thread: PoolThread, bundle: Bundle, attempt: Attempt, end: AttemptEnd, startedAt: number, endedAt: number): void {
    this.began(attempt, startedAt);
    this.#tracer?.ended(thread, bundle.number, attempt, end, startedAt, endedAt);
    const { tally, course } = attempt.task.spec;
    tally.attemptEnded(end, endedAt > startedAt ? endedAt - startedAt : 0, course.votes === true && attempt.replica > 0);
  }

  /** Items that have ended since then without having told when: what they took together is shared among them. */
  endedUntold(
    thread: PoolThread,
    items: readonly { readonly bundle: Bundle; readonly attempt: Attempt; readonly end: AttemptEnd }[],
    since: number,
  ): void {
    const until = Math.max(since, thread.handle.itemStartedAt);
    const each = (until - since) / items.length;
    for (const [i, { bundle, attempt, end }] of items.entries())
      this.ended(thread, bundle, attempt, end, since + i * each, since + (i + 1) * each);
  }

  /** Its thread has begun it, unless it still waits there. */
  #mayHaveBegun(thread: PoolThread, attempt: Attempt): void {
    if (!attempt.task.waits) return;
    const bundle = thread.bundleOf(attempt);
    if (bundle !== undefined && bundle.attempts.indexOf(attempt) < thread.standing(bundle).claimed)
      this.began(attempt, thread.handle.itemStartedAt);
  }
}
