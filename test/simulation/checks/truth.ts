import { inspect } from 'node:util';
import type { FailureKind } from '../../../src/core/failure.ts';
import type { Task } from '../../../src/core/task.ts';
import type { RunOptions } from '../../../src/options/types.ts';
import type { Deed } from '../world/faults.ts';
import type { Home } from '../world/home.ts';
import type { Rules } from './rules.ts';

/**
 * - `running`
 * - `returned`, `threw`: it ended by itself
 * - `killer`: its own code ended the thread
 * - `struck`: its thread died under it, and nothing told of another culprit
 * - `victim`: its thread was terminated, or a settled task's leftovers ended it
 * - `crowdedOut`: what an earlier task had left filled the heap
 */
export type Fate = 'running' | 'returned' | 'threw' | 'killer' | 'oom' | 'struck' | 'victim' | 'crowdedOut';

/** One execution of a task, as it really was. */
export class Start {
  readonly task: TaskTruth;
  readonly attempt: number;
  readonly replica: number;
  readonly thread: number;
  /** The thread itself. */
  readonly on: { readonly terminated: boolean; readonly alive: boolean; readonly home: Home; readonly line?: { readonly silent: boolean } };
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
  /** It counts among those that run now. */
  counted = false;
  /** Time that the manager had lost by then. */
  lostBefore = 0;
  /** Time in which the program had lived by then, and by its end, and how often it had been stopped when this began. */
  livedBefore = 0;
  livedUntil = -1;
  /** What `livedUntil` would be if it had ended when its run timeout convicted it; -1 if none has. */
  convictedAt = -1;
  pausesBefore = 0;
  /** Since when leftovers of an earlier task keep it from going on; -1: they do not. */
  heldUpSince = -1;
  /** What it returned, if it votes. */
  ballot: readonly [number] | undefined;
  /** The report was lost, held back or made unreadable on its way. */
  mangled = false;
  /** Outcomes in the message that could not be read, its own included. */
  lostWith = 0;
  /** Its thread had been given up before it sent the outcome: nobody listens to that any more. */
  unheard = false;
  /** Its attempt has been handed out again since: now the result of that counts. */
  repeated = false;

  constructor(
    task: TaskTruth,
    attempt: number,
    replica: number,
    on: { readonly threadId: number; readonly terminated: boolean; readonly alive: boolean; readonly home: Home },
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

/**
 * The answer of a copy that votes is an array of one number, so that the pool can compare it, and take medians. Who made it is
 * remembered here.
 */
export const MAKERS: WeakMap<object, Start> = new WeakMap();

/** A ballot that was counted, as it really was. */
export interface Cast {
  readonly value: readonly [number];
  readonly start: Start;
}

/** One task as its caller sees it, and what really became of it. It is the input that the pool is given. */
export class TaskTruth {
  readonly uid: number;
  readonly options: RunOptions | undefined;
  readonly rules: Rules;
  /** When it was submitted; when it was accepted, if it was. */
  submittedAt: number;
  readonly key: string;
  readonly uncloneable: boolean;
  /** It can be sent, and no thread can read it. */
  readonly unread: boolean;
  /** The map that it is an item of: its outcome waits for the consumer, until that leaves. */
  map: { readonly left: boolean } | undefined;
  /** False until `run` has taken it in; a refused task stays so. */
  accepted = false;
  /** The pool's own record of it. */
  task: Task | undefined;
  /** How it has settled, when, and with what: in the books of the pool, or by its refusal. */
  outcome: Outcome | undefined;
  settledAt = -1;
  settlement: unknown;
  /** Its caller has its outcome. */
  told = false;
  /** Time that the manager had lost when it settled. */
  lostAtEnd = 0;
  abortedAt = -1;
  controller: AbortController | undefined;
  /** Time that the manager had lost when it was submitted. */
  lostBefore: number;
  starts: Start[] = [];
  /** Threads of another process that it was sent to. */
  sentTo: Set<number> | undefined;
  /** One of them was given up before it had answered: there it may begin, for all that the pool can know. */
  mayHaveBegun = false;
  /** Numbers of attempts that were handed out as recovery work while fresh tasks waited. */
  contended: Set<number> | undefined;
  /** Numbers of attempts that the pool has given up. */
  failed: Set<number> | undefined;
  /** Ballots that were counted. */
  cast: Cast[] | undefined;

  constructor(
    parts: Pick<TaskTruth, 'uid' | 'options' | 'rules' | 'submittedAt' | 'key' | 'uncloneable' | 'lostBefore'> & {
      readonly unread?: boolean;
    },
  ) {
    this.uid = parts.uid;
    this.options = parts.options;
    this.rules = parts.rules;
    this.submittedAt = parts.submittedAt;
    this.key = parts.key;
    this.uncloneable = parts.uncloneable;
    this.unread = parts.unread === true;
    this.lostBefore = parts.lostBefore;
  }

  get limits(): Rules['limits'] {
    return this.rules.limits;
  }

  gaveUp(attempt: number): void {
    this.failed ??= new Set();
    this.failed.add(attempt);
  }

  /** A thread was given up before its exit was seen. */
  orphaned(threadId: number): void {
    if (this.sentTo?.has(threadId)) this.mayHaveBegun = true;
    for (const start of this.starts) if (start.thread === threadId && start.postedAt < 0) start.unheard = true;
  }

  [inspect.custom](): string {
    return `task ${this.uid}`;
  }
}
