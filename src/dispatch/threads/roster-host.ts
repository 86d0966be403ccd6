import type { ThreadExitReason } from '../../core/events.ts';
import type { Exit, ThreadEvents } from '../../executors/executor.ts';
import type { PoolThread } from './pool-thread.ts';
import type { RecycleOptions } from './recycle-options.ts';

export interface RosterOptions {
  readonly threads: number;
  readonly spares: number;
  readonly startupTimeout: number;
  readonly terminateTimeout: number;
  readonly recycle: RecycleOptions;
}

/** What the roster tells the dispatcher; the messages of a thread go to the dispatcher directly. */
export interface RosterEvents {
  messages(thread: PoolThread): Omit<ThreadEvents, 'ready' | 'placed' | 'exited'>;
  /** A thread has a slot and may be fed, or stands by for an attempt that needs another one. */
  available(): void;
  /** A thread is ready, and every slot has one. */
  standby(): void;
  /** The thread is about to be terminated: what it has not begun is not to begin there any more. */
  stopping(thread: PoolThread): void;
  /** The thread is gone, or given up as an orphan: settles what it held, and says whether a task is to blame. */
  settle(thread: PoolThread, exit: Exit, reason: ThreadExitReason): 'blamed' | 'innocent';
  /** Restart intensity was exceeded. */
  poolFailed(error: unknown): void;
}
