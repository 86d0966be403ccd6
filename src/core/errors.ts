import type { AttemptRecord } from './failure.ts';
import { messageOf } from './foreign/message.ts';

/** Base of every error that Holdfast itself makes. A task's own error is delivered as it is. */
export class HoldfastError extends Error {
  /** Stable, machine-readable; listed in docs/errors.md. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    this.prototype.name = 'HoldfastError';
  }
}

/** The thread that ran the task died: exit, uncaught exception, unhandled rejection, or its memory limit. */
export class WorkerCrashError extends HoldfastError {
  /** Exit code of the thread, or of its process. */
  readonly exitCode: number | undefined;
  /** `worker.threadId` of the dead thread. */
  readonly threadId: number;
  /** Signal that killed the process, with `isolation: 'process'`. */
  readonly signal: string | undefined;
  /** The node that was lost with the thread, with `nodes`. */
  readonly node: string | undefined;

  constructor(
    code: 'ERR_WORKER_CRASHED' | 'ERR_WORKER_OUT_OF_MEMORY',
    message: string,
    details: { exitCode?: number | undefined; threadId: number; signal?: string | undefined; node?: string | undefined; cause?: unknown },
  ) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause });
    this.exitCode = details.exitCode;
    this.threadId = details.threadId;
    this.signal = details.signal;
    this.node = details.node;
  }

  static {
    this.prototype.name = 'WorkerCrashError';
  }
}

/** A thread exited before it was ready, or was not ready within `startupTimeout`: the `cause` of an `ERR_POOL_FAILED`. */
export class StartupError extends HoldfastError {
  /** @param limit `startupTimeout` in milliseconds, if that is what ended the thread */
  constructor(exitCode: number | undefined, limit: number | undefined) {
    super(
      'ERR_WORKER_STARTUP',
      limit === undefined
        ? `The thread exited with code ${exitCode} before the task module was loaded. Does the module call process.exit()?`
        : `The task module was not loaded within startupTimeout (${limit} ms). Raise it, or make the module load faster.`,
    );
  }

  static {
    this.prototype.name = 'StartupError';
  }
}

/** Ends the message of an error that may be the doing of a task before: it could not be tried again, because it may be started only once. */
export const NEIGHBOUR =
  ' It may have been what an earlier task left behind on its thread: set idempotent: true, and that is found out by running it again.';

/** Which time limit has passed: of one attempt, of the wait for the first start, or of the whole. */
export type TimeoutPhase = 'run' | 'queue' | 'total';

/** A time limit of the task has passed. */
export class TimeoutError extends HoldfastError {
  /** Which limit: one attempt, the wait before the first start, or everything. */
  readonly phase: TimeoutPhase;
  /** Milliseconds of the limit. */
  readonly milliseconds: number;

  constructor(phase: TimeoutPhase, milliseconds: number, neighbour = false) {
    const cure = phase === 'queue' ? 'give the pool more threads' : 'make the task shorter';
    super(
      'ERR_TASK_TIMEOUT',
      `The task passed its ${phase} timeout of ${milliseconds} ms. Raise timeout.${phase}, or ${cure}.${neighbour ? NEIGHBOUR : ''}`,
    );
    this.phase = phase;
    this.milliseconds = milliseconds;
  }

  static {
    this.prototype.name = 'TimeoutError';
  }
}

/** Too many threads died without doing any work; the pool has given up. */
export class PoolFailedError extends HoldfastError {
  constructor(message: string, cause: unknown) {
    super('ERR_POOL_FAILED', message, { cause });
  }

  static {
    this.prototype.name = 'PoolFailedError';
  }
}

/** `run` after `close`, or a task that a closing pool dropped. */
export class PoolClosedError extends HoldfastError {
  constructor(message: string) {
    super('ERR_POOL_CLOSED', message);
  }

  static {
    this.prototype.name = 'PoolClosedError';
  }
}

/** The caller's signal was aborted; `cause` is `signal.reason`. */
export class AbortError extends HoldfastError {
  constructor(message: string, cause?: unknown) {
    super('ERR_TASK_ABORTED', message, { cause });
  }

  static {
    this.prototype.name = 'AbortError';
  }
}

export type CloneDirection = 'argument' | 'result' | 'error';

/** The argument, the result or the thrown value cannot be structured-cloned. The thread lives on. */
export class NotCloneableError extends HoldfastError {
  /** What could not be cloned. */
  readonly direction: CloneDirection;

  constructor(direction: CloneDirection, cause: unknown) {
    const what = direction === 'error' ? 'thrown value' : direction;
    const why = messageOf(cause).replace(/\.$/, ''); // V8 ends its own with a full stop.
    super(
      'ERR_TASK_NOT_CLONEABLE',
      `The task's ${what} cannot be cloned: ${why}. Pass plain data: no functions, symbols or class internals.`,
      { cause },
    );
    this.direction = direction;
  }

  static {
    this.prototype.name = 'NotCloneableError';
  }
}

/** `maxQueue` tasks are waiting already. The task was never started. */
export class QueueFullError extends HoldfastError {
  constructor(maxQueue: number) {
    super('ERR_QUEUE_FULL', `${maxQueue} tasks are waiting already (maxQueue). Await some of them first, use pool.map, or raise maxQueue.`);
  }

  static {
    this.prototype.name = 'QueueFullError';
  }
}

/** Tasks of this key have failed too often in a row. The task was never started. */
export class QuarantinedError extends HoldfastError {
  /** The quarantine key of the task. */
  readonly key: string;

  constructor(key: string, after: number, cause: unknown) {
    super(
      'ERR_TASK_QUARANTINED',
      `Tasks of key ${JSON.stringify(key)} failed ${after} times in a row; one probe is let through when quarantine.ttl has passed.`,
      { cause },
    );
    this.key = key;
  }

  static {
    this.prototype.name = 'QuarantinedError';
  }
}

/** One answer of one copy of a redundant task. */
export interface Ballot {
  /** The result that the copy returned. */
  readonly value: unknown;
  /** Number of the copy, from 0. */
  readonly replica: number;
  /** Place in the pool of the thread that ran it, when it answered. */
  readonly slot: number;
  /** `worker.threadId` of that thread. */
  readonly threadId: number;
}

/** The copies of a redundant task did not agree, and nothing was there to decide between them. */
export class NoQuorumError extends HoldfastError {
  /** Every answer, in the order in which they came. */
  readonly ballots: readonly Ballot[];

  constructor(message: string, ballots: readonly Ballot[], cause?: unknown) {
    super('ERR_NO_QUORUM', message, cause === undefined ? undefined : { cause });
    this.ballots = ballots;
  }

  static {
    this.prototype.name = 'NoQuorumError';
  }
}

/** A file or dependency of this package that threads load by themselves is nowhere: a bundler has taken the package in. */
export class NotInstalledError extends HoldfastError {
  constructor(what: string, advice?: string, cause?: unknown) {
    super(
      'ERR_NOT_INSTALLED',
      advice ??
        `Expected holdfast to be installed where this program runs. ${what}, which threads load by themselves, is nowhere. ` +
          "Has a bundler taken holdfast in? Mark 'holdfast' as external, and install it beside the bundle: docs/homes.md.",
      cause === undefined ? undefined : { cause },
    );
  }

  static {
    this.prototype.name = 'NotInstalledError';
  }
}

/** A bad option, thrown at once by the constructor, or the rejection of `run`. */
export class InvalidOptionError extends TypeError {
  /** Stable; messages may change. */
  readonly code = 'ERR_INVALID_OPTION';
}

/** A number option of the right type and a wrong size. */
export class OptionRangeError extends RangeError {
  /** Stable; messages may change. */
  readonly code = 'ERR_INVALID_OPTION';
}

const histories = new WeakMap<object, readonly AttemptRecord[]>();

/** Ties the history of a task to the error that its caller gets. A thrown primitive has no place to keep one. */
export function keepAttempts(error: unknown, attempts: readonly AttemptRecord[]): void {
  if ((typeof error === 'object' && error !== null) || typeof error === 'function') histories.set(error as object, attempts);
}

/**
 * The failed attempts behind an error that `run` rejected with, oldest first; empty for any other value
 * (a task that throws a primitive has no object that could carry its history).
 */
export function attemptsOf(error: unknown): readonly AttemptRecord[] {
  if ((typeof error !== 'object' || error === null) && typeof error !== 'function') return [];
  return histories.get(error as object) ?? [];
}
