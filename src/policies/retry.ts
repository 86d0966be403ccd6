import pRetry from 'p-retry';
import type { AttemptRecord, Failure, FailureKind } from '../core/failure.ts';
import { inContext } from '../core/foreign/context.ts';
import { forget, isThenable } from '../core/foreign/promises.ts';
import { aboutTask, type RetryContext, type RetryRules, type Task } from '../core/task.ts';
import type { CourseHost } from './course-host.ts';

/** What p-retry sees of a failure: it wants an error, and need not know what happened. */
const FAILED = new Error('attempt failed');

/** Whether a failed attempt is to be followed by another. @throws what the user's `shouldRetry` throws */
export function wantsRetry(rules: RetryRules, task: Task, failure: Failure, record: AttemptRecord, retriesLeft: number): boolean {
  const { kind, error } = failure;
  // What failed to start has not been started.
  if (retriesLeft <= 0 || (!task.spec.idempotent && kind !== 'startup')) return false;
  if (kind === 'clone' || kind === 'aborted' || kind === 'conflict') return false;
  if (rules.shouldRetry === undefined) return rules.on.includes(kind) && (kind !== 'oom' || !hasHadOom(task, record.replica));
  return asked(rules.shouldRetry, { error, kind, attempt: record.attempt, retriesLeft }, task);
}

/** It is decided at once, so a promise is not an answer. */
function asked(shouldRetry: NonNullable<RetryRules['shouldRetry']>, context: RetryContext, task: Task): boolean {
  const answer: unknown = inContext(task.extras?.context, () => shouldRetry(context));
  if (!isThenable(answer)) return answer === true;
  forget(answer);
  const message =
    'shouldRetry(context): Expected true or false. Got a promise. It must answer at once; the failure of the task is the cause.';
  throw new TypeError(message, { cause: context.error });
}

/** A copy that has run out of memory alone on a fresh thread will do so again. The failure at hand is in its history already. */
function hasHadOom(task: Task, replica: number): boolean {
  return (task.history?.filter((one) => one.kind === 'oom' && one.replica === replica).length ?? 0) > 1;
}

/** Whether what follows such a failure belongs in a cell, where the pool escalates. A place that could not be had is still the one that is needed. */
export function escalates(kind: FailureKind): boolean {
  return kind === 'crash' || kind === 'startup';
}

/** What a retry line does for its course. */
export interface LineOwner {
  /** Starts the next attempt after this failure. */
  again(failure: Failure): void;
  /** No further attempt: this failure is the last word. */
  gaveUp(failure: Failure): void;
}

/**
 * The retries of one task, or of one copy of it. Made on the first failure, so that a task without faults never sees it;
 * p-retry leads from there on. The first retry after a crash is immediate, the others wait.
 *
 * Whether there is to be another attempt is decided at once, not when p-retry comes to it: a time limit that passes at the same moment must not
 * take the place of what really happened.
 */
export class RetryLine {
  readonly #host: Pick<CourseHost, 'clock' | 'emitter' | 'random'>;
  readonly #task: Task;
  readonly #owner: LineOwner;
  readonly #stopped = new AbortController();
  #current: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #last: { readonly failure: Failure; readonly record: AttemptRecord } | undefined;
  /** Ends the wait that is under way. */
  #goOn: (() => void) | undefined;
  #retriesLeft: number;

  constructor(host: Pick<CourseHost, 'clock' | 'emitter' | 'random'>, task: Task, owner: LineOwner) {
    this.#host = host;
    this.#task = task;
    this.#owner = owner;
    this.#retriesLeft = task.spec.retry.retries;
  }

  /** Begins with the failure of the first attempt. */
  begin(failure: Failure, record: AttemptRecord): void {
    if (!this.#wants(failure, record)) return;
    const { retries } = this.#task.spec.retry;
    const immediate = failure.kind === 'crash' || failure.kind === 'oom';
    pRetry((number) => (number === 1 && !immediate ? Promise.reject(FAILED) : this.#attempt()), {
      retries,
      minTimeout: 0,
      signal: this.#stopped.signal,
      onFailedAttempt: ({ retriesConsumed, retriesLeft }) => (retriesLeft > 0 ? this.wait(retriesConsumed) : undefined),
    }).catch(() => {}); // It was stopped: its result is not wanted any more.
  }

  /** The attempt that runs for this line has failed. */
  failed(failure: Failure, record: AttemptRecord): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    if (this.#wants(failure, record)) current.reject(FAILED);
    else current.resolve();
  }

  /** The line is no longer needed: its attempt succeeded, or its task has settled. */
  stop(): void {
    this.#stopped.abort();
    this.#goOn?.();
    this.#current?.resolve();
    this.#current = undefined;
  }

  /**
   * The back-off before a retry. p-retry would take its time from the globals, where test libraries put timers that may never fire.
   * @param consumed retries before it
   */
  wait(consumed: number): Promise<void> {
    const { minTimeout, maxTimeout, factor, randomize } = this.#task.spec.retry;
    const { clock, random } = this.#host;
    const spread = randomize ? random() + 1 : 1;
    const ms = Math.min(Math.round(spread * minTimeout * factor ** consumed), maxTimeout);
    if (!(ms > 0) || this.#stopped.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#goOn = (): void => {
        this.#goOn = undefined;
        clock.clearTimeout(timer);
        resolve();
      };
      const timer = clock.setTimeout(this.#goOn, ms);
    });
  }

  #attempt(): Promise<void> {
    const { spec } = this.#task;
    const { failure, record } = this.#last!;
    return new Promise((resolve, reject) => {
      this.#current = { resolve, reject };
      spec.tally.retries.add(failure.kind);
      this.#host.emitter.emit('retry', { ...aboutTask(this.#task), failed: record, retriesLeft: --this.#retriesLeft });
      this.#owner.again(failure);
    });
  }

  /** Whether there is to be another attempt; if not, the owner hears of it here. */
  #wants(failure: Failure, record: AttemptRecord): boolean {
    this.#last = { failure, record };
    let wanted: boolean;
    try {
      wanted = wantsRetry(this.#task.spec.retry, this.#task, failure, record, this.#retriesLeft);
    } catch (error) {
      this.#gaveUp({ kind: 'error', error }); // Thrown by the user's shouldRetry: an honest error, and its own.
      return false;
    }
    if (!wanted) this.#gaveUp(failure);
    return wanted;
  }

  #gaveUp(failure: Failure): void {
    if (!this.#stopped.signal.aborted) this.#owner.gaveUp(failure);
  }
}
