import type { ThreadExitReason } from '../core/events.ts';
import type { Attempt } from '../core/task.ts';
import type { ItemNote } from '../core/wire/wire.ts';

/** Where the blame for a death lies, as far as the executor can tell. Items are named by bundle and index. */
export type Blame =
  /** This item was running, or what it threw killed the thread. */
  | { readonly of: 'item'; readonly bundle: number; readonly index: number }
  /** Leftovers of a task that had settled (-1: code that no task started). */
  | { readonly of: 'settled'; readonly taskId: number }
  /** A message with tasks that it could not read. */
  | { readonly of: 'mail' }
  /** Whatever item was running, if one was. */
  | { readonly of: 'running' };

/** How a thread ended. */
export interface Exit {
  readonly cause: Extract<ThreadExitReason, 'crash' | 'exit' | 'oom' | 'startup' | 'reclaimed' | 'node'>;
  readonly exitCode: number | undefined;
  readonly signal?: string | undefined;
  /** The node that it lived on, if it went with that. */
  readonly node?: string | undefined;
  readonly error: unknown;
  readonly blame: Blame;
}

/** What an executor tells of one thread. Nothing is called after `exited`; nothing may be called from inside `start`. */
export interface ThreadEvents {
  /** The task module is loaded. */
  ready(): void;
  /** Outcomes of consecutive items; `values[i]` belongs to item `from + i`. `times` are on the manager's clock. */
  done(bundle: number, from: number, values: readonly unknown[], times: readonly number[], notes: readonly ItemNote[] | undefined): void;
  progress(bundle: number, index: number, value: unknown): void;
  /** An error of a task that had settled (`taskId` -1: of no task); the thread lives on. */
  lateError(taskId: number, attempt: number, error: unknown): void;
  /** A message could not be read. `accounted` says which results were in it, if any, unless the thread exits first. */
  unreadable(): void;
  /** All results of bundles before this one have been sent, and of this one those below `upTo`. Results that were not reported cannot be read. */
  accounted(bundle: number, upTo: number): void;
  /** A message that does not follow the protocol. */
  garbage(): void;
  /** A task module was loaded that has a teardown. */
  tearsDown(): void;
  /** The teardowns of its modules are over; `error` is what went wrong, if anything did. */
  tornDown(error: unknown): void;
  /** Code of a task module has posted this on its `parentPort`. */
  message(value: unknown): void;
  /** The start had to wait for a place, and begins now. */
  placed?(): void;
  /** The place in which the thread lives is lost: its exit follows, and it is given nothing more. */
  lost?(): void;
  /** The place in which the thread lives takes no more work: the thread is to end after its current task. */
  leaving?(): void;
  /** The death notice itself. */
  exited(exit: Exit): void;
}

/**
 * Milliseconds that say how far away threads are. What is right where a message takes some microseconds would have far threads wait for work, and take
 * from them what is on its way.
 */
export interface Distance {
  /** A bundle should keep a thread busy for about this long. */
  readonly pace: number;
  /** An item may run this long before it holds up what was handed over behind it. */
  readonly patience: number;
  /** Results may wait this long behind a running item before their tasks are run again elsewhere. */
  readonly rescue: number;
}

/** What copies of a task should not have in common, beside the thread: the machine, the rack. */
export interface Domain {
  readonly name: string;
  /** Whether a copy may run here although others of its task have run in these domains. */
  admits(used: readonly string[]): boolean;
  /** A copy runs in the domain of another. */
  shared(): void;
}

/** How many threads an executor can place, where that changes: places come and go. */
export interface Capacity {
  /** Threads that it can place, those that it has placed included. */
  readonly offered: number;
  /** Most threads that may go at the same time: those of the largest place. */
  readonly largest: number;
  /** Whether it has looked for places. Until then nothing is known of them. */
  readonly known: boolean;
  /** A place goes, and its threads have not all ended yet: what stands by is needed. */
  readonly losing: boolean;
  /** Whether a thread with this home would live better elsewhere: there is room where fewer live. */
  crowded(home: string): boolean;
  /** Calls back whenever something of this may have changed. */
  watch(changed: () => void): void;
}

/** The item that a thread is at. */
export interface Progress {
  readonly bundle: number;
  readonly index: number;
  /** When it started, on the manager's clock. */
  readonly startedAt: number;
}

/** One thread, wherever it lives. */
export interface ExecutorThread {
  /** `worker.threadId`; -1 until it is known. */
  readonly threadId: number;
  /** The process it lives in, if that is not this one. */
  readonly pid?: number | undefined;
  /**
   * Hands a bundle over. Bundles run in the order they were sent.
   * @throws whatever the cloning of an input threw; then nothing was sent.
   */
  send(bundle: number, attempts: readonly Attempt[]): void;
  /**
   * Takes back the items of a bundle that were not claimed, and tells how many were. Threads answer before this returns, cells later;
   * never, if the thread exits first.
   */
  revoke(bundle: number, answer: (claimed: number) => void): void;
  /** Items of the bundle that are claimed, and that have ended: exact for a thread that has exited, a moment old for one that runs. */
  standing(bundle: number): { readonly claimed: number; readonly finished: number };
  /** The last bundle that the thread has looked at; what was sent after it still lies in its mail. */
  readonly seen: number;
  /** When the current item started, on the manager's clock. */
  readonly itemStartedAt: number;
  /** Results are being sent while the current item waits: if this takes forever, it is not the item's fault. */
  readonly sending: boolean;
  /** Milliseconds for which other code of the thread has kept the current item, which waits, from going on. */
  stolen?(): number;
  /** The current item waits for its task module to load: its run time has not begun. */
  readonly loading?: boolean;
  /** Delivers at once what has arrived but was not yet looked at. */
  poll(): void;
  /** Asks an item to stop of itself. */
  abort(bundle: number, index: number): void;
  /** The thread serves this slot from now on. */
  assign(slot: number, generation: number): void;
  /** Asks a thread that is ready and has nothing to do to call the teardowns of its modules; `tornDown` follows. It is given no more work. */
  tearDown(): void;
  /** Stops the thread; `exited` follows. */
  terminate(): void;
  /** Resident memory of the process it lives in, as last heard of, if that is not this one; in bytes. Asks anew, for the next time. */
  measure?(): number | undefined;
  /** Bytes of its heap, as last heard of. */
  readonly memory: number | undefined;
  /** It has no place yet, or its place cannot be reached at present: how long its start takes is not judged. */
  readonly waiting?: boolean;
  /** Brings what is known of the thread up to date, where `poll` cannot. Not answered if the thread exits first. */
  ask?(answer: () => void): void;
  /** Its result was found wrong. */
  convicted?(): void;
  readonly domain?: Domain | undefined;
  /** The node that it lives on, once it has a place. */
  readonly home?: string | undefined;
}

/** Makes threads: worker threads, threads of child processes, simulated ones. */
export interface Executor {
  /** Begins to start a thread. A start that fails is an exit with cause `startup`. @throws only what it has against the options, the first time */
  start(events: ThreadEvents): ExecutorThread;
  /** Releases what the executor itself holds, once every thread has exited. */
  close(): Promise<void>;
  /** Absent: threads of this machine. */
  readonly distance?: Distance | undefined;
  /** Absent: as many threads as are wanted. */
  readonly capacity?: Capacity | undefined;
}
