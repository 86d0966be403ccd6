import type { Attempt } from '../../core/task.ts';
import { movesMemory } from '../queue/rank.ts';
import type { Bundle, PoolThread } from '../threads/pool-thread.ts';

/** Its outcome is there, but has not been heard: only some tasks may be run again for it. */
export function mayRunTwice({ task }: Attempt): boolean {
  return task.spec.idempotent && task.extras?.transferList === undefined;
}

/** The memory of its input has moved to the thread: it cannot be had back, nor sent to another. */
export function isCommitted(bundle: Bundle): boolean {
  return bundle.attempts[0]!.state === 'sent' && movesMemory(bundle.attempts[0]!);
}

/** Whether a thread holds something, now or soon, that another one could take over. */
export function mayBeRelieved(thread: PoolThread): boolean {
  if (thread.bundles.some((bundle) => bundle.state === 'sent' && !isCommitted(bundle) && thread.standing(bundle).claimed < bundle.size))
    return true;
  return thread.unreported().some(mayRunTwice);
}
