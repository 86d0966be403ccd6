import { isMainThread, workerData as nodeWorkerData } from 'node:worker_threads';

/** Set by the runtime of a thread of a pool, before any task module is loaded. */
const THREAD: unique symbol = Symbol.for('holdfast.thread') as never;

/** Whether this code runs in a thread of a pool. */
export const isWorkerThread: boolean = !isMainThread && (globalThis as { [THREAD]?: true })[THREAD] === true;

/** The option `workerData` of the pool, in its threads. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the caller has given
export const workerData: any = nodeWorkerData ?? undefined;
