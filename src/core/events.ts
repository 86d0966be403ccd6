import type { NodeDownReason } from './broker/node-down.ts';
import type { Ballot, TimeoutPhase } from './errors.ts';
import type { AttemptRecord, StartReason, ThreadExitReason } from './failure.ts';
import { contextOfCaller } from './foreign/context.ts';
import { forget, isThenable } from './foreign/promises.ts';
import type { TeardownError } from './module-errors.ts';

export type { StartReason, ThreadExitReason } from './failure.ts';

/** What a death leaves behind: plain data, at most 16 kB as JSON. */
export interface CrashReport {
  /** When the death was found out; milliseconds since 1970. */
  readonly time: number;
  /** Place of the thread in the pool; -1 if it had none. */
  readonly slot: number;
  /** Which thread of its slot it was, from 1; 0 if it never had a slot. */
  readonly generation: number;
  /** `worker.threadId`; -1 if it is not known. */
  readonly threadId: number;
  /** Why the thread ended. */
  readonly reason: ThreadExitReason;
  /** Exit code of the thread, or of the cell that it lived in; undefined if it ended without one. */
  readonly exitCode: number | undefined;
  /** The signal that ended the cell, such as `'SIGSEGV'`. */
  readonly signal?: string | undefined;
  /** The task to blame, if there is one, with a bounded inspection of its input. */
  readonly task:
    | { readonly id: number; readonly name: string; readonly module?: string; readonly attempt: number; readonly input: string }
    | undefined;
  /** What the thread died of, if it left a word. */
  readonly error: { readonly name: string; readonly message: string; readonly stack: string } | undefined;
  /** The thread itself. */
  readonly thread: {
    /** Milliseconds from its start to its end. */
    readonly age: number;
    /** Bytes, as last heard of; undefined if it never told. */
    readonly heapUsed: number | undefined;
    /** Attempts whose outcome it reported. */
    readonly finishedTasks: number;
  };
  /** The numbers of `pool.stats()` at that moment, on one level. */
  readonly pool: Readonly<Record<string, number>>;
  /** The pool's last events before the death, oldest first. */
  readonly events: readonly string[];
}

/** Which thread an event is about. */
export interface AboutThread {
  /** Place in the pool; -1 for a spare. */
  readonly slot: number;
  /** Which thread of its slot it is, from 1. */
  readonly generation: number;
  /** `worker.threadId`; -1 if it is not known. */
  readonly threadId: number;
}

/** Which task an event is about. */
interface AboutTask {
  /** Number of the task in its pool, from 1. */
  readonly taskId: number;
  /** The export that is called. */
  readonly name: string;
  /** `file:` URL of the task module, if the call named one that is not the pool's. */
  readonly module?: string;
}

/** The pool's events and what their listeners get. None is called `error`: an unheard one would kill the process. */
export interface PoolEvents {
  /** All threads are ready for the first time. */
  ready: { readonly threads: number };
  /** A thread has loaded the task module; it took this many milliseconds. */
  workerStart: AboutThread & { readonly reason: StartReason; readonly milliseconds: number };
  /** A thread has exited, or was given up as an orphan. */
  workerExit: AboutThread & { readonly reason: ThreadExitReason; readonly exitCode: number | undefined };
  /** A thread died unexpectedly, or was ended because of a task. */
  crash: CrashReport;
  /** A task's leftovers threw after it had settled. `taskId` is -1 if no task was behind it. */
  lateError: AboutThread & { readonly taskId: number; readonly attempt: number; readonly error: unknown };
  /** The `teardown` of a task module threw, exited or hung. The thread was ended all the same. */
  teardownFailed: AboutThread & { readonly reason: ThreadExitReason; readonly error: TeardownError };
  /** A task, or what it has started, posted this on its `parentPort`. */
  message: AboutThread & { readonly message: unknown };
  /** A failed attempt is followed by another, which is queued now: after the delay. `retriesLeft` is what is left after it. */
  retry: AboutTask & { readonly failed: AttemptRecord; readonly retriesLeft: number };
  /** A time-out has passed: for `run` that of one attempt, otherwise that of the task. */
  timeout: AboutTask & { readonly phase: TimeoutPhase; readonly milliseconds: number; readonly attempt: number };
  /** A copy of a slow attempt was queued, `after` milliseconds after the attempt had started. */
  hedge: AboutTask & { readonly attempt: number; readonly after: number };
  /** Copies gave different results. `verdict` says what followed: another copy, a quorum, `resolve`, or nothing. */
  conflict: AboutTask & { readonly ballots: readonly Ballot[]; readonly verdict: 'extra' | 'quorum' | 'resolved' | 'none' };
  /** A key was closed after `failures` failures in a row, lets one task through to see (`probe`), or is open again. */
  quarantine: { readonly key: string; readonly state: 'closed' | 'open' | 'probe'; readonly failures: number };
  /** A message came from an attempt that had been given up; it was dropped. */
  late: { readonly threadId: number; readonly taskId: number; readonly attempt: number };
  /** Fewer threads are ready than the pool should have, or there is no node. */
  degraded: { readonly ready: number; readonly threads: number };
  /** All threads are ready again. */
  recovered: { readonly threads: number };
  /** A node serves the pool, and lends it up to `threads` threads. */
  nodeUp: { readonly node: string; readonly host: string; readonly domain: string; readonly threads: number };
  /** A node serves the pool no more, or has refused to. */
  nodeDown: { readonly node: string; readonly reason: NodeDownReason; readonly error: Error };
  /** The broker of the nodes does not answer. Nothing that was accepted is lost: the pool waits for `nodes.brokerTimeout`. */
  brokerLost: { readonly error: unknown };
  /** The broker answers again, after this many milliseconds. */
  brokerBack: { readonly milliseconds: number };
  /** The pool has failed for good: threads die faster than `restart` allows. `error` is what `run` rejects with from now on. */
  failed: { readonly error: unknown };
  /** More tasks are open than callers had better add to (`needed`), or no more than the threads can take. */
  needsDrain: { readonly needed: boolean; readonly open: number };
  /** Every accepted task has settled. `settled` counts all since the pool was made. */
  drain: { readonly settled: number };
  /** The pool has closed; the event carries what `close()` resolves with. */
  close: { readonly completed: number; readonly dropped: number; readonly killed: number };
}

/** The names that `on`, `once` and `off` take. */
export type PoolEventName = keyof PoolEvents;
export type Listener<Name extends PoolEventName> = (event: PoolEvents[Name]) => void;
/** Hears every event; for diagnostics channels and the trail of crash reports. */
export type Tap = <Name extends PoolEventName>(name: Name, event: PoolEvents[Name]) => void;

export const EVENT_NAMES: readonly PoolEventName[] = [
  'ready',
  'workerStart',
  'workerExit',
  'crash',
  'lateError',
  'teardownFailed',
  'message',
  'retry',
  'timeout',
  'hedge',
  'conflict',
  'quarantine',
  'late',
  'degraded',
  'recovered',
  'nodeUp',
  'nodeDown',
  'brokerLost',
  'brokerBack',
  'failed',
  'needsDrain',
  'drain',
  'close',
];

/** What a part that only reports needs of an emitter. */
export interface EventSink {
  emit<Name extends PoolEventName>(name: Name, event: PoolEvents[Name]): void;
}

/** A listener, in the context in which it was added. */
interface Heard {
  readonly once: boolean;
  call(event: unknown): unknown;
}

/** A typed emitter whose listeners cannot harm the pool, whether they throw or reject. */
export class Emitter implements EventSink {
  readonly #listeners = new Map<PoolEventName, Map<(event: never) => unknown, Heard>>();
  readonly #taps: Tap[] = [];
  readonly #hearers: ((name: PoolEventName) => boolean)[] = [];

  on<Name extends PoolEventName>(name: Name, listener: Listener<Name>): void {
    this.#add(name, listener, false);
  }

  once<Name extends PoolEventName>(name: Name, listener: Listener<Name>): void {
    if (this.#listeners.get(name)?.has(listener) !== true) this.#add(name, listener, true);
  }

  #add<Name extends PoolEventName>(name: Name, listener: Listener<Name>, once: boolean): void {
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) {
      listeners = new Map();
      this.#listeners.set(name, listeners);
    }
    const context = contextOfCaller();
    listeners.set(listener, { once, call: (event) => context(() => listener(event as PoolEvents[Name])) });
  }

  off<Name extends PoolEventName>(name: Name, listener: Listener<Name>): void {
    this.#listeners.get(name)?.delete(listener);
  }

  /** @param hears whether a listener behind the tap wants events of a name now. Default: none does, the tap takes what comes */
  tap(tap: Tap, hears: (name: PoolEventName) => boolean = () => false): void {
    this.#taps.push(tap);
    this.#hearers.push(hears);
  }

  /** Whether an event of that name has a listener, so that an expensive event is built only for a listener. */
  hears(name: PoolEventName): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0 || this.#hearers.some((hears) => hears(name));
  }

  emit<Name extends PoolEventName>(name: Name, event: PoolEvents[Name]): void {
    for (const tap of this.#taps) guarded(() => tap(name, event));
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const [listener, heard] of [...listeners]) {
      if (heard.once) listeners.delete(listener);
      guarded(() => heard.call(event));
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** Calls a function of the user, whose faults must not harm the pool. */
export function guarded(call: () => unknown): void {
  try {
    const result = call();
    // An async listener that rejects must not become an unhandled rejection of the program.
    if (isThenable(result)) forget(result);
  } catch {
    // Its fault is its own.
  }
}
