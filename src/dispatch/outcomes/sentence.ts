import type { Attempt } from '../../core/task.ts';
import type { Exit } from '../../executors/executor.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import { hasServedOthers } from './neighbours.ts';

/**
 * What becomes of the attempt that seems to have killed its thread.
 *
 * - `again`: it may have been others; alone on a fresh thread that will show
 * - `lost`: it may have been others, and what had moved to the thread is lost with it
 * - `refused`: its input cannot be read
 * - `doubted`: it fails, and its error says that it may have been others
 * - `charged`: it fails
 */
export type Sentence = 'again' | 'lost' | 'refused' | 'doubted' | 'charged';

/** @param unread the thread died of reading it, so that it never began */
export function sentence(thread: PoolThread, exit: Exit, guilty: Attempt, unread: boolean): Sentence {
  const mail = exit.blame.of === 'mail';
  // What filled the heap may be what others have left there; and what could not be read, while this one ran, was others'.
  const mayBeOthers = exit.cause === 'oom' ? hasServedOthers(thread, guilty) : mail && !unread;
  if (!mayBeOthers || !guilty.mayBeExcused) return unread && mail ? 'refused' : 'charged';
  if (unread) return guilty.movesMemory ? 'lost' : 'again';
  return guilty.mayRunTwice ? 'again' : 'doubted';
}
