import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';

/** A share of its time limit that an attempt which waits cannot be expected to go without. */
const MUCH = 1 / 4;

/** Whether what an earlier task left on the thread has kept the attempt from going on, so that its time-out says nothing about itself. */
export function suspectsNeighbour(thread: PoolThread, attempt: Attempt): boolean {
  return thread.finished > 0 && attempt.mayBeExcused && (thread.handle.stolen?.() ?? 0) > MUCH * attempt.task.spec.limits.run;
}
