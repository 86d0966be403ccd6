import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';

/** Takes attempts back: what outcomes ask of the feeding, which lies above them. */
export interface TakesBack {
  /** Puts attempts that were handed to a thread in vain, and that are not to blame, back in front of the queue. */
  giveBack(attempts: readonly Attempt[]): void;
  /** Takes back what a thread has not begun. `then` is called when the thread has answered. */
  revoke(thread: PoolThread, then?: () => void): void;
}

/** Goes on with a thread. */
export interface GoesOn {
  /** A bundle is complete: the thread may want another. */
  bundleDone(thread: PoolThread): void;
}
