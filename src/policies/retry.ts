import pRetry from 'p-retry';
import type { AttemptRecord, Failure } from '../core/failure.ts';
import type { RetryRules, Task } from '../core/task.ts';
import type { Desk } from './desk.ts';

/** A failure on its way through p-retry, which wants errors, and treats some of them in ways of its own. */
class FailedAttempt extends Error {
  readonly failure: Failure;
  readonly record: AttemptRecord;

  constructor(failure: Failure, record: AttemptRecord) {
    super('attempt failed');
    this.failure = failure;
    this.record = record;
  }
}

/** Whether a failed attempt is to be followed by another. @throws what the user's `shouldRetry` throws */
export function wantsRetry(rules: RetryRules, task: Task, failure: Failure, record: AttemptRecord, retriesLeft: number): boolean {
  if (retriesLeft <= 0 || !task.spec.idempotent) return false;
  const { kind, error } = failure;
  if (kind === 'clone' || kind === 'aborted' || kind === 'conflict') return false;
  if (rules.shouldRetry === undefined) return rules.on.includes(kind) && (kind !== 'oom' || !hasHadOom(task, record.replica));
  return rules.shouldRetry({ error, kind, attempt: record.attempt, retriesLeft }) === true;
}

/** A copy that has run out of memory alone on a fresh thread will do so again. The failure at hand is in its history already. */
function hasHadOom(task: Task, replica: number): boolean {
  return (task.history?.filter((one) => one.kind === 'oom' && one.replica === replica).length ?? 0) > 1;
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
 * p-retry keeps count and time from there on. The first retry after a crash is immediate, the others wait.
 */
export class RetryLine {
  readonly #desk: Desk;
  readonly #task: Task;
  readonly #owner: LineOwner;
  readonly #stopped = new AbortController();
  #current: { resolve: () => void; reject: (error: FailedAttempt) => void } | undefined;

  constructor(desk: Desk, task: Task, owner: LineOwner) {
    this.#desk = desk;
    this.#task = task;
    this.#owner = owner;
  }

  /** Begins with the failure of the first attempt. */
  begin(failure: Failure, record: AttemptRecord): void {
    const rules = this.#task.spec.retry;
    const first = new FailedAttempt(failure, record);
    const immediate = failure.kind === 'crash' || failure.kind === 'oom';
    // At once, not when p-retry comes to it: a time limit that passes in the same breath must not take the place of what really happened.
    if (!this.#wants(first, rules.retries)) return;
    let last = first;
    let given = immediate ? 1 : 0;
    pRetry(
      (number) => {
        if (!immediate && number === 1) return Promise.reject(first);
        return this.#attempt(last.failure, last.record, rules.retries - ++given + (immediate ? 1 : 0));
      },
      {
        retries: immediate ? rules.retries - 1 : rules.retries,
        minTimeout: rules.minTimeout,
        maxTimeout: rules.maxTimeout,
        factor: rules.factor,
        randomize: rules.randomize,
        unref: true,
        signal: this.#stopped.signal,
        shouldRetry: ({ error, retriesLeft }) => {
          last = error as FailedAttempt;
          return last === first || wantsRetry(rules, this.#task, last.failure, last.record, retriesLeft);
        },
      },
    ).then(undefined, (error: unknown) => this.#end(error));
  }

  /** The attempt that runs for this line has failed. */
  failed(failure: Failure, record: AttemptRecord): void {
    const current = this.#current;
    this.#current = undefined;
    current?.reject(new FailedAttempt(failure, record));
  }

  /** The line is no longer needed: its attempt succeeded, or its task has settled. */
  stop(): void {
    this.#stopped.abort();
    this.#current?.resolve();
    this.#current = undefined;
  }

  #attempt(failure: Failure, record: AttemptRecord, retriesLeft: number): Promise<void> {
    const { spec, id } = this.#task;
    return new Promise((resolve, reject) => {
      this.#current = { resolve, reject };
      spec.tally.retries.add(failure.kind);
      this.#desk.emitter.emit('retry', { taskId: id, name: spec.name, failed: record, retriesLeft });
      this.#owner.again(failure);
    });
  }

  #wants(first: FailedAttempt, retries: number): boolean {
    try {
      if (wantsRetry(this.#task.spec.retry, this.#task, first.failure, first.record, retries)) return true;
      this.#end(first);
    } catch (error) {
      this.#end(error);
    }
    return false;
  }

  #end(error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    // Anything else was thrown by the user's shouldRetry: an honest error, and its own.
    this.#owner.gaveUp(error instanceof FailedAttempt ? error.failure : { kind: 'error', error });
  }
}
