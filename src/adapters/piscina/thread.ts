import type { ThreadNow } from '../../index.ts';
import { refused } from './options.ts';

const WHY =
  'the pool may replace a thread at any moment, and is the only one that speaks to it. Use run, or context().progress and onProgress.';

/** A thread of the pool, as data. What would interfere with the pool is refused. */
export class PiscinaThread {
  /** As in `node:worker_threads`; -1 until it is known. */
  readonly threadId: number;
  /** Number of the worker. */
  readonly id: number;
  /** Tasks that it runs. */
  readonly currentUsage: number;
  /** Whether it ends. */
  readonly terminating: boolean;
  /** Whether it has ended. */
  readonly destroyed: boolean;

  constructor({ threadId, state }: Pick<ThreadNow, 'threadId'> & { readonly state: ThreadNow['state'] | 'dead' }) {
    this.threadId = threadId;
    this.id = threadId;
    this.currentUsage = state === 'busy' ? 1 : 0;
    this.terminating = state === 'stopping';
    this.destroyed = state === 'dead';
  }

  /** Refused: the pool may replace a thread at any moment. @throws {TypeError} always */
  postMessage(): never {
    return refused('threads[].postMessage', WHY);
  }

  /** Refused, for the same reason. @throws {TypeError} always */
  terminate(): never {
    return refused('threads[].terminate', WHY);
  }

  /** Refused, for the same reason. @throws {TypeError} always */
  on(): never {
    return refused('threads[].on', WHY);
  }
}
