import { inspect } from 'node:util';
import type { FailureKind } from '../../src/core/failure.ts';
import type { Task } from '../../src/core/task.ts';
import type { RunOptions } from '../../src/options/types.ts';
import type { Deed } from './climate.ts';

/**
 * - `running`
 * - `returned`, `threw`: it ended by itself
 * - `killer`: its own code ended the thread
 * - `struck`: its thread died under it, and nothing told of another culprit
 * - `victim`: its thread was terminated, or a settled task's leftovers ended it
 */
export type Fate = 'running' | 'returned' | 'threw' | 'killer' | 'oom' | 'struck' | 'victim';

/** One execution of a task, as it really was. */
export class Start {
  readonly task: TaskTruth;
  readonly attempt: number;
  readonly replica: number;
  readonly thread: number;
  /** The thread itself. */
  readonly on: { readonly terminated: boolean };
  readonly at: number;
  deed: Deed;
  fate: Fate = 'running';
  endedAt = -1;
  /** When the report with its outcome was sent off; -1 before. */
  postedAt = -1;
  /** Its report lies where the manager can see it. */
  arrived = false;
  /** When the manager could have known of its thread's death. */
  deathSeenAt: number = Number.POSITIVE_INFINITY;
  /** Handed out as recovery work while fresh tasks waited. */
  contended = false;
  /** Time that the manager had lost by then. */
  lostBefore = 0;
  /** The report was lost, held back or made unreadable on its way. */
  mangled = false;

  constructor(
    task: TaskTruth,
    attempt: number,
    replica: number,
    on: { readonly threadId: number; readonly terminated: boolean },
    at: number,
    deed: Deed,
  ) {
    this.task = task;
    this.attempt = attempt;
    this.replica = replica;
    this.thread = on.threadId;
    this.on = on;
    this.at = at;
    this.deed = deed;
  }
}

/** The answer of one execution. It travels by reference, so that it is known where a delivered value came from. */
export class Answer {
  readonly start: Start;
  readonly right: boolean;

  constructor(start: Start, right: boolean) {
    this.start = start;
    this.right = right;
  }
}

/** A result, or something thrown, that cannot be posted. */
export const UNCLONEABLE: unique symbol = Symbol('uncloneable');

/** Thrown by a task. */
export class Thrown extends Error {
  readonly uid: number;

  constructor(uid: number, attempt: number) {
    super(`task ${uid} threw in attempt ${attempt}`);
    this.uid = uid;
  }
}

export type Outcome = FailureKind | 'fulfilled' | 'closed' | 'abandoned';

/** One task as its caller sees it, and what really became of it. It is the input that the pool is given. */
export class TaskTruth {
  readonly uid: number;
  readonly options: RunOptions | undefined;
  readonly submittedAt: number;
  readonly key: string;
  readonly limits: { readonly run: number; readonly queue: number; readonly total: number };
  readonly uncloneable: boolean;
  /** Its outcome waits for the consumer of a map. */
  buffered = false;
  state: 'submitted' | 'settled' = 'submitted';
  /** False until `run` has taken it in; a refused task stays so. */
  accepted = false;
  /** The pool's own record of it. */
  task: Task | undefined;
  outcome: Outcome | undefined;
  settledAt = -1;
  abortedAt = -1;
  controller: AbortController | undefined;
  /** Time that the manager had lost when it was submitted. */
  readonly lostBefore: number;
  starts: Start[] = [];
  /** Last handed out as recovery work while fresh tasks waited. */
  contended = false;
  /** Numbers of attempts that the pool has given up. */
  failed: Set<number> | undefined;

  constructor(parts: Pick<TaskTruth, 'uid' | 'options' | 'limits' | 'submittedAt' | 'key' | 'uncloneable' | 'lostBefore'>) {
    this.uid = parts.uid;
    this.options = parts.options;
    this.limits = parts.limits;
    this.submittedAt = parts.submittedAt;
    this.key = parts.key;
    this.uncloneable = parts.uncloneable;
    this.lostBefore = parts.lostBefore;
  }

  [inspect.custom](): string {
    return `task ${this.uid}`;
  }
}
