import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';

/** A share of its time limit that an attempt which waits cannot be expected to go without. */
const MUCH = 1 / 4;

/** Whether what an earlier task left on the thread has kept the attempt from going on, so that its time-out says nothing about itself. */
export function suspectsNeighbour(thread: PoolThread, attempt: Attempt): boolean {
  return hasServedOthers(thread, attempt) && attempt.mayBeExcused && (thread.handle.stolen?.() ?? 0) > MUCH * attempt.task.spec.limits.run;
}

/** Whether something has ended on the thread before this attempt, told of or not: what it has left may be to blame. */
export function hasServedOthers(thread: PoolThread, attempt: Attempt): boolean {
  if (thread.finished > 0) return true;
  for (const bundle of thread.bundles) {
    const { finished } = thread.standing(bundle);
    for (let i = bundle.reported; i < finished; i++) if (bundle.attempts[i] !== attempt) return true;
  }
  return false;
}
