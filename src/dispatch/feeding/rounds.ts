import type { PoolThread } from '../threads/pool-thread.ts';

/** What the parts of the feeding ask of the feeder, which has made them. */
export interface Rounds {
  /** Something waits again, or may be handed out now: every thread is looked at, after this turn. */
  plan(): void;
  /** This thread may have something to take over. */
  offer(thread: PoolThread): void;
  /** Takes in what has arrived from every thread. Not in the midst of something else: a task may be settling there. */
  listen(): void;
}
