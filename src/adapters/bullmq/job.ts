/**
 * What is used of a BullMQ `Job`. Described and not imported: BullMQ is loaded by those who use it, and every copy and version that has
 * these will do.
 */
export interface BullJob {
  /** Unique in its queue. */
  readonly id?: string | undefined;
  /** The name it was added with. */
  readonly name: string;
  /** What it was added with. */
  // biome-ignore lint/suspicious/noExplicitAny: as BullMQ's own `Job` without type parameters
  readonly data: any;
  /** Prefix and name of its queue. */
  readonly queueQualifiedName: string;
  /** Attempts of BullMQ that have ended. */
  readonly attemptsMade: number;
  /** Tells how far it is; kept as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON can hold
  updateProgress(progress: any): Promise<void>;
  /** Gives it back to the queue, uncharged. */
  moveToWait(token?: string): Promise<unknown>;
  /** The same, until a time in milliseconds since 1970. */
  moveToDelayed(timestamp: number, token?: string): Promise<unknown>;
}

/** What is used of a BullMQ `Worker`. */
export interface BullWorker {
  /** Its event `lockRenewalFailed` names the jobs whose locks are lost. */
  on(event: 'lockRenewalFailed', listener: (jobIds: string[]) => void): unknown;
  /** Its event `closed` comes once it has closed. */
  once(event: 'closed', listener: () => void): unknown;
  /** Its event `error` reports what no job can carry. */
  emit(event: 'error', error: Error): unknown;
  /** Takes no more jobs, for now. */
  pause(doNotWaitActive?: boolean): Promise<void>;
  /** Takes no more jobs, for good. */
  close(force?: boolean): Promise<void>;
}

/** BullMQ calls a processor as a method of its worker; a processor that is wrapped in a function of the caller has no such `this`. */
export function isWorker(value: unknown): value is BullWorker {
  if (typeof value !== 'object' || value === null) return false;
  const { on, pause, close } = value as Partial<BullWorker>;
  return typeof on === 'function' && typeof pause === 'function' && typeof close === 'function';
}
