import type { Context } from './context.ts';
import type { AttemptRecord, Failure, FailureKind } from './failure.ts';
import type { TaskTally } from './tally.ts';

/** Retry rules with every default filled in; `retries: 0` is no retry. Times in milliseconds. */
export interface RetryRules {
  readonly retries: number;
  readonly minTimeout: number;
  readonly maxTimeout: number;
  readonly factor: number;
  readonly randomize: boolean;
  readonly on: readonly FailureKind[];
  readonly shouldRetry: ((context: RetryContext) => boolean) | undefined;
}

/** What `shouldRetry` sees. */
export interface RetryContext {
  readonly error: unknown;
  readonly kind: FailureKind;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly retriesLeft: number;
}

/** Milliseconds; `Infinity` is none. */
export interface TimeLimits {
  readonly run: number;
  readonly queue: number;
  readonly total: number;
}

/**
 * Everything about a task that its caller chose, resolved against the pool's options. Tasks that were started with
 * the same options share one spec, so that a task itself stays small.
 */
export interface TaskSpec {
  readonly name: string;
  readonly limits: TimeLimits;
  readonly retry: RetryRules;
  readonly idempotent: boolean;
  readonly priority: number;
  readonly course: Course;
  readonly tally: TaskTally;
  /** The caller, or the pool, has given functions that are called later: `shouldRetry`, `equal`, `resolve`. */
  readonly asks?: boolean;
}

/** What only some tasks carry; absent on the hot path. */
export interface TaskExtras {
  transferList?: readonly unknown[];
  onProgress?: ((value: unknown) => void) | undefined;
  /** That of the call, if functions of its caller are called later. */
  context?: Context;
  /** Undoes what was set up for this task alone: timers, the listener on the caller's signal. */
  release?: () => void;
  /** Attempts that failed. */
  history?: AttemptRecord[];
  /** State that belongs to the task's course: retry lines, the ballot box. */
  course?: unknown;
}

/** How a task goes from acceptance to settlement: plain with retries, in copies with a vote, hedged. */
export interface Course {
  begin(task: Task): void;
  /** @param endedAt manager's clock; it began at `attempt.startedAt` */
  succeeded(attempt: Attempt, value: unknown, endedAt: number): void;
  failed(attempt: Attempt, failure: Failure): void;
  /** Whether any attempt of the task has begun to run. */
  started(task: Task): boolean;
  /** The task was settled from outside (abort, deadline, close): stop whatever is queued, running or planned for it. */
  cancelled(task: Task): void;
  /** An attempt that had become a surplus has returned after all. */
  returnedLate?(attempt: Attempt, value: unknown, endedAt: number): void;
}

/** One accepted call of `run`, or one item of a `map`; each kind knows who waits for it. Kept small: millions may wait. */
export abstract class Task {
  readonly id: number;
  readonly spec: TaskSpec;
  readonly acceptedAt: number;
  readonly key: string | undefined;
  input: unknown;
  /** `open` until the one settlement; there is no way back. */
  state: 'open' | 'settled' = 'open';
  /** The attempt that a plain task is at. Courses with several keep their own list. */
  attempt: Attempt | undefined = undefined;
  /** Attempts begun so far, over all copies. */
  begun = 0;
  extras: TaskExtras | undefined = undefined;
  /** Neighbours in the ledger of open tasks. */
  before: Task | undefined = undefined;
  after: Task | undefined = undefined;

  constructor(id: number, spec: TaskSpec, input: unknown, acceptedAt: number, key: string | undefined) {
    this.id = id;
    this.spec = spec;
    this.input = input;
    this.acceptedAt = acceptedAt;
    this.key = key;
  }

  /** Attempts that failed, over all copies. */
  get history(): readonly AttemptRecord[] | undefined {
    return this.extras?.history;
  }

  /** Takes the one settlement to whoever waits. */
  abstract fulfilled(value: unknown): void;
  abstract rejected(error: unknown, kind: FailureKind): void;
}

/**
 * - `queued`: waits in the backlog
 * - `taken`: out of the backlog, about to be handed to a thread
 * - `sent`: handed to a thread, started or about to be
 * - `surplus`: on a thread, but no longer needed; what it returns goes to its course as late
 * - `fenced`: given up while on a thread; whatever it still sends is late
 * - `ended`: its outcome was taken
 */
export type AttemptState = 'new' | 'queued' | 'taken' | 'sent' | 'surplus' | 'fenced' | 'ended';

/**
 * The copies of one task. No two of them run on one thread, so that one thread never has two ballots. As soon as one is queued, only
 * the backlog changes which threads are barred, for it keeps the copies that wait in an order that depends on it.
 */
export class Kin {
  /** Keys of the threads that have run a copy, or are about to; ascending. */
  #barred: readonly number[] = [];
  /** The same as text: kin with the same may wait together. */
  bars = '';
  /** Copies that wait in the backlog. */
  readonly queued: Attempt[] = [];

  get barred(): readonly number[] {
    return this.#barred;
  }

  bar(key: number): void {
    if (!this.#barred.includes(key)) this.#bar([...this.#barred, key].sort((a, b) => a - b));
  }

  unbar(key: number): void {
    this.#bar(this.#barred.filter((barred) => barred !== key));
  }

  #bar(keys: readonly number[]): void {
    this.#barred = keys;
    this.bars = keys.join();
  }
}

/** Wishes of an attempt about its thread; absent on the hot path. */
export interface Placement {
  /** Not on a thread that has run one of these. */
  readonly kin?: Kin;
  /** Only a thread that has run nothing yet, and nothing else beside it. */
  readonly fresh?: boolean;
  /** Only in a cell: an attempt of the task has crashed, and the pool escalates. */
  readonly isolated?: boolean;
  /** Number of the copy, if it is not the first. */
  readonly replica?: number;
  /** A large result comes sealed: it is compared by its digest, and read only if it is delivered. */
  readonly seal?: boolean;
  /** Not in a bundle with others. */
  readonly alone?: boolean;
}

/** A thread, as far as an attempt has to know it. */
export interface Performer {
  /** Unique in the pool for ever. */
  readonly key: number;
  readonly slot: number;
  readonly threadId: number;
}

/** One try at a task: it is queued, sent to a thread, and ends with one outcome. */
export class Attempt {
  readonly task: Task;
  /** 1 for the first attempt of the task. */
  readonly number: number;
  /** Retries, hedges and extra ballots draw on the retry budget. */
  readonly recovery: boolean;
  state: AttemptState = 'new';
  placement: Placement | undefined;
  /** When it was handed to a thread, then when it started there (manager's clock); 0 before. */
  startedAt = 0;
  /** The thread that it was handed to last. */
  thread: Performer | undefined = undefined;
  /** The bundle in which that was: what was given back may come to the same thread again. */
  bundle = 0;
  /** It has begun once, or may have: it ended, was given up, or was given back because its thread died under it. */
  hasBegun = false;
  /** Place in the backlog: turn, and neighbours. */
  turn = 0;
  before: Attempt | undefined = undefined;
  after: Attempt | undefined = undefined;

  constructor(task: Task, replica: number, recovery: boolean, placement?: Placement) {
    this.task = task;
    this.number = ++task.begun;
    this.recovery = recovery;
    this.placement = replica === 0 ? placement : { ...placement, replica };
  }

  /** Number of the copy; 0 unless the task is redundant or hedged. */
  get replica(): number {
    return this.placement?.replica ?? 0;
  }

  /** `key` of the thread that it was handed to last; -1 before. */
  get threadKey(): number {
    return this.thread?.key ?? -1;
  }
}
