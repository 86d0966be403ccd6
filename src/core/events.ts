import { contextOfCaller } from './context.ts';
import type { Ballot, TimeoutPhase } from './errors.ts';
import type { AttemptRecord } from './failure.ts';
import { forget, isThenable } from './promises.ts';

/** Why a thread was started. */
export type StartReason = 'first' | 'spare' | 'replacement';

/** Why a thread ended. */
export type ThreadExitReason =
  | 'crash'
  | 'exit'
  | 'oom'
  | 'timeout'
  /** It left a bundle lying, without running anything: leftovers of a task block it. */
  | 'unresponsive'
  | 'aborted'
  | 'startup'
  | 'lateError'
  | 'outvoted'
  | 'recycled'
  | 'reclaimed'
  | 'closed'
  | 'orphan';

/** What a death leaves behind: plain data, at most 16 kB as JSON. */
export interface CrashReport {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly slot: number;
  readonly generation: number;
  readonly threadId: number;
  readonly reason: ThreadExitReason;
  readonly exitCode: number | undefined;
  readonly signal?: string | undefined;
  /** The task to blame, if there is one, with a bounded inspection of its input. */
  readonly task: { readonly id: number; readonly name: string; readonly attempt: number; readonly input: string } | undefined;
  readonly error: { readonly name: string; readonly message: string; readonly stack: string } | undefined;
  readonly thread: {
    /** Milliseconds from its start to its end. */
    readonly age: number;
    /** Bytes, as last heard of; undefined if it never told. */
    readonly heapUsed: number | undefined;
    readonly finishedTasks: number;
  };
  readonly pool: Readonly<Record<string, number>>;
  /** The pool's last events before the death, oldest first. */
  readonly events: readonly string[];
}

export interface AboutThread {
  readonly slot: number;
  readonly generation: number;
  readonly threadId: number;
}

interface AboutTask {
  readonly taskId: number;
  readonly name: string;
}

/** The pool's events and what their listeners get. None is called `error`: an unheard one would kill the process. */
export interface PoolEvents {
  /** All threads are ready for the first time. */
  ready: { readonly threads: number };
  workerStart: AboutThread & { readonly reason: StartReason; readonly milliseconds: number };
  workerExit: AboutThread & { readonly reason: ThreadExitReason; readonly exitCode: number | undefined };
  crash: CrashReport;
  /** A task's leftovers threw after it had settled. `taskId` is -1 if no task was behind it. */
  lateError: AboutThread & { readonly taskId: number; readonly attempt: number; readonly error: unknown };
  /** A failed attempt is followed by another, which is queued now: after the delay. `retriesLeft` is what is left after it. */
  retry: AboutTask & { readonly failed: AttemptRecord; readonly retriesLeft: number };
  timeout: AboutTask & { readonly phase: TimeoutPhase; readonly milliseconds: number; readonly attempt: number };
  hedge: AboutTask & { readonly attempt: number; readonly after: number };
  conflict: AboutTask & { readonly ballots: readonly Ballot[]; readonly verdict: 'extra' | 'quorum' | 'resolved' | 'none' };
  quarantine: { readonly key: string; readonly state: 'closed' | 'open' | 'probe'; readonly failures: number };
  /** A message came from an attempt that had been given up; it was dropped. */
  late: { readonly threadId: number; readonly taskId: number; readonly attempt: number };
  /** Fewer threads are ready than the pool should have. */
  degraded: { readonly ready: number; readonly threads: number };
  recovered: { readonly threads: number };
  failed: { readonly error: unknown };
  /** Every accepted task has settled. */
  drain: { readonly settled: number };
  close: { readonly completed: number; readonly dropped: number; readonly killed: number };
}

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
  'retry',
  'timeout',
  'hedge',
  'conflict',
  'quarantine',
  'late',
  'degraded',
  'recovered',
  'failed',
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

  /** @param hears whether somebody behind the tap wants events of a name now; for a tap that takes what comes, nobody */
  tap(tap: Tap, hears: (name: PoolEventName) => boolean = () => false): void {
    this.#taps.push(tap);
    this.#hearers.push(hears);
  }

  /** Whether anybody would get an event of that name: one that is dear to make need not be made for nobody. */
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
