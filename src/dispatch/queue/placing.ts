import type { Placement } from '../../core/attempt.ts';
import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';

/** Whether the thread may run an attempt with these wishes. */
export function fits(placement: Placement | undefined, thread: PoolThread): boolean {
  if (placement === undefined) return true;
  if (placement.fresh === true && (thread.started > 0 || !thread.idle)) return false;
  return placement.kin === undefined || (!placement.kin.barred.includes(thread.key) && !isCrowded(placement, thread));
}

/** Whether the thread lives where copies of the task have run, so that no thread that is started in its place would do. */
export function isCrowded({ kin }: Placement, { place }: PoolThread): boolean {
  return kin !== undefined && place !== undefined && !place.admits(kin.domains);
}

/** Whether the thread may be given the attempt now. Moved memory cannot be taken back, so it is not sent behind another. */
export function mayHaveNow(attempt: Attempt, thread: PoolThread): boolean {
  return fits(attempt.placement, thread) && (thread.idle || !attempt.movesMemory);
}

/** Attempts with the same name of a group may run on the same threads; '' is any thread. */
export function groupOf({ placement }: Attempt): string {
  if (placement === undefined) return '';
  const bars = placement.kin?.bars ?? '';
  return placement.fresh === true ? `fresh ${bars}` : bars;
}
