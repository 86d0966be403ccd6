import type { Services } from '../services.ts';
import type { PoolThread } from '../threads/pool-thread.ts';

/** A message of an attempt that had been given up, or of none: counted, and dropped before its payload is looked at. */
export function tellLate({ tally, emitter }: Services, thread: PoolThread, taskId: number, attempt: number): void {
  tally.lateMessages++;
  emitter.emit('late', { threadId: thread.threadId, taskId, attempt });
}

/** Tells, and counts, that what a settled task had left behind threw. */
export function tellLateError({ tally, emitter }: Services, thread: PoolThread, taskId: number, attempt: number, error: unknown): void {
  tally.lateErrors++;
  const { slot, generation, threadId } = thread;
  emitter.emit('lateError', { slot, generation, threadId, taskId, attempt, error });
}
