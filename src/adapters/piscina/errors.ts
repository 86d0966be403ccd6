import { keepAttempts } from '../../core/errors.ts';
import { AbortError, attemptsOf, PoolClosedError, QueueFullError, TaskModuleError, WorkerCrashError } from '../../index.ts';

/**
 * Piscina's errors have no codes of their own, so programs tell them apart by their texts: these are part of its interface. The classes and
 * codes are ours.
 */
const TEXTS = {
  aborted: 'The task has been aborted',
  ended: 'Terminating worker thread',
  full: 'Task queue is at limit',
  busy: 'No task queue available and all Workers are busy',
  oom: 'Worker terminated due to reaching memory limit: JS heap out of memory',
  noExport: 'No handler function exported from',
  noFile: 'filename must be provided to run() or in options object',
} as const;

function saying<E extends Error>(error: E, text: string): E {
  error.message = text;
  return error;
}

export const aborted = (reason?: unknown): AbortError => new AbortError(TEXTS.aborted, reason);
export const dropped = (): AbortError => aborted('pool is closed');
export const late = (): AbortError => aborted('queue is being terminated');
export const ended = (): PoolClosedError => new PoolClosedError(TEXTS.ended);
export const full = (maxQueue: number): QueueFullError => saying(new QueueFullError(maxQueue), maxQueue === 0 ? TEXTS.busy : TEXTS.full);
export const noFile = (): Error => new Error(TEXTS.noFile);

/** An error of the pool as a program that was written for Piscina expects it. @param filename of the task module */
export function translated(error: unknown, filename: string): unknown {
  if (error instanceof PoolClosedError) return ended();
  if (error instanceof AbortError) return aborted(error.cause);
  // The error that nothing caught, or that of the module, is what a program looks for.
  const isUncaught = error instanceof WorkerCrashError && error.code === 'ERR_WORKER_CRASHED';
  if ((isUncaught || error instanceof TaskModuleError) && error.cause instanceof Error) {
    keepAttempts(error.cause, attemptsOf(error));
    return error.cause;
  }
  if ((error as { code?: unknown } | null | undefined)?.code === 'ERR_NO_SUCH_EXPORT' && error instanceof TypeError)
    return saying(error, `${TEXTS.noExport} ${filename}. ${error.message}`);
  if (error instanceof WorkerCrashError && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return saying(error, `${TEXTS.oom}. ${error.message}`);
  if (isUncaught && error.exitCode !== undefined) return saying(error, `worker exited with code: ${error.exitCode}. ${error.message}`);
  return error;
}
