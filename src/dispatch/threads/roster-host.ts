import type { StartReason, ThreadExitReason } from '../../core/events.ts';
import type { Exit, ThreadEvents } from '../../executors/executor.ts';
import type { PoolThread } from './pool-thread.ts';
import type { RecycleOptions } from './recycle-options.ts';

/** How many threads a pool wants where their number depends on places that come and go. */
export interface FollowOptions {
  /** Slots: at least and at most; the same number twice: always this many. */
  readonly min: number;
  readonly max: number;
  /** Threads that are to stand by, if that was said. */
  readonly spares: number | undefined;
}

export interface RosterOptions {
  /** Slots: most threads that serve. */
  readonly threads: number;
  /** Slots that are filled from the beginning. Default: all. */
  readonly min?: number | undefined;
  /** Milliseconds without work after which a thread beyond `min` goes. Absent: their number is fixed. */
  readonly idleTimeout?: number | undefined;
  /** Threads that start at the same time. Default: all that are missing. */
  readonly staging?: number | undefined;
  readonly spares: number;
  /** The number of slots, and of spares, depends on places that come and go. */
  readonly follow?: FollowOptions | undefined;
  readonly startupTimeout: number;
  readonly terminateTimeout: number;
  readonly recycle: RecycleOptions;
}

/** What the roster asks of the dispatch above it, and tells it. */
export interface RosterHost {
  /** What is to be done with the messages of a thread. */
  messages(thread: PoolThread): Omit<ThreadEvents, 'ready' | 'placed' | 'lost' | 'exited'>;
  /** A thread has a slot and may be fed, or stands by for an attempt that needs another one. */
  available(): void;
  /** A thread is ready, and every slot has one. */
  standby(): void;
  /** The thread is to go, now or after its current task: what it has not begun is not to begin there any more. */
  leaving(thread: PoolThread): void;
  /** The thread is gone, or given up as an orphan: settles what it held, and says whether a task is to blame. */
  settle(thread: PoolThread, exit: Exit, reason: ThreadExitReason): 'blamed' | 'innocent';
  readonly growth: Growth | undefined;
  /** Restart intensity was exceeded. */
  readonly poolFailed: (error: unknown) => void;
}

/** Has threads started beyond those that have to be there. */
export interface Growth {
  /** One of them did not start. */
  growthFailed(): void;
}

/**
 * Why a thread is started that is missing.
 * @param number of the start, from 1
 * @param slot whether it is for a slot, and not to stand by
 */
export function reasonOf({ threads, min = threads, idleTimeout }: RosterOptions, number: number, slot: boolean): StartReason {
  if (number <= min) return 'first';
  if (!slot) return 'spare';
  return idleTimeout === undefined ? 'replacement' : 'demand';
}
