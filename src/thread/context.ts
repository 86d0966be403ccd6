import { AsyncLocalStorage } from 'node:async_hooks';
import { pinned } from '../core/foreign/intrinsics.ts';

/** What a task can know about itself and its attempt; see `context()`. */
export interface TaskContext {
  /** Number of the task in its pool. */
  readonly taskId: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Number of the copy; 0 unless the task is redundant or hedged. */
  readonly replica: number;
  /** Aborted when the attempt is given up: timeout, caller's signal, or another copy was faster. */
  readonly signal: AbortSignal;
  /** The same as `signal.aborted`, but fresh even inside a loop that never returns to the event loop. */
  readonly aborted: boolean;
  /**
   * Milliseconds until the attempt will be given up, `Infinity` if never; below 0 once its time is over. Measured when it is read, on a clock
   * that no clock change affects, and that stands still while the program does: use this to decide when to stop.
   */
  readonly remaining: number;
  /** The same as a time of day, for others: milliseconds since 1970, by the machine's clock at the moment it is read. */
  readonly deadline: number;
  /** The span of this attempt, as the header `traceparent` of W3C; `undefined` where the pool has no option `tracing`, or no tracer listens. */
  readonly traceparent: string | undefined;
  /**
   * Sends a value to the `onProgress` of the caller's `run`.
   * @throws {DOMException} `DataCloneError` if the value cannot be cloned.
   */
  progress(value: unknown): void;
}

/**
 * The running item is found through asynchronous storage, so that code which a task left behind is still known to be that
 * task's. It hangs on a global symbol, because a program may load this package twice (ESM and CommonJS, or two versions); and
 * no code can remove it from there, nor its methods.
 */
const SLOT: unique symbol = Symbol.for('holdfast.context') as never;
const holder = globalThis as { [SLOT]?: AsyncLocalStorage<TaskContext> };
export const storage: AsyncLocalStorage<TaskContext> = holder[SLOT] ?? pinned(new AsyncLocalStorage<TaskContext>());
if (holder[SLOT] === undefined) Object.defineProperty(holder, SLOT, { value: storage });

/**
 * The context of the task that is running.
 * @throws {Error} outside of a task.
 */
export function context(): TaskContext {
  const current = storage.getStore();
  if (current === undefined)
    throw new Error('context() was called outside of a task. Call it inside the exported function, or in code that it starts.');
  return current;
}
