import { subscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';

/** What the process sees of all its threads, whichever pool owns them. */
export interface ThreadWatch {
  starts: number;
  exits: number;
  /** Monotonic milliseconds of the last exit event. */
  lastExitAt: number;
}

/** Counts the threads that start and exit from now on. Node tells about each new thread before its owner can listen. */
export function watchThreads(): ThreadWatch {
  const watch: ThreadWatch = { starts: 0, exits: 0, lastExitAt: 0 };
  subscribe('worker_threads', (message) => {
    watch.starts++;
    (message as { worker: Worker }).worker.once('exit', () => {
      watch.exits++;
      watch.lastExitAt = Number(process.hrtime.bigint()) / 1e6;
    });
  });
  return watch;
}
