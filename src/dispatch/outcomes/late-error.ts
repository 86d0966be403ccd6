import type { Services } from '../services.ts';
import type { PoolThread } from '../threads/pool-thread.ts';

/** Tells, and counts, that what a settled task had left behind threw. */
export function tellLateError({ tally, emitter }: Services, thread: PoolThread, taskId: number, attempt: number, error: unknown): void {
  tally.lateErrors++;
  const { slot, generation, threadId } = thread;
  emitter.emit('lateError', { slot, generation, threadId, taskId, attempt, error });
}
