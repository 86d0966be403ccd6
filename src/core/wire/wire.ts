import type { TraceHeaders } from '../attempt.ts';

/**
 * What the manager and a thread say to each other. Messages are short arrays: they are cloned faster than objects,
 * and every one carries the number of the bundle that it is about, which fences it.
 */

/** Manager to thread. */
export const TO_THREAD = { run: 0, abort: 1, assign: 2, account: 3, tearDown: 4 } as const;

/** Thread to manager. */
export const FROM_THREAD = {
  ready: 0,
  startupFailed: 1,
  done: 2,
  progress: 3,
  lateError: 4,
  crashing: 5,
  exiting: 6,
  account: 7,
  tearsDown: 8,
  tornDown: 9,
  unread: 10,
} as const;

/** What an item carries if it is not the first attempt of an ordinary task. */
export interface ItemMeta {
  readonly attempt: number;
  readonly replica: number;
  /** Export to call, if it is not the pool's own. */
  readonly name: string | undefined;
  /** `file:` URL of the task module, if it is not the pool's own. */
  readonly module?: string | undefined;
  /** Run timeout in milliseconds, if it is not the pool's own. */
  readonly run: number | undefined;
  /** End of the task's total timeout on the clock that the thread goes by; `Infinity` if it has none. */
  readonly until: number;
  /** Its result is compared with others: if it is large, it comes sealed. */
  readonly seal: boolean;
  /** Its place in a trace, where the pool is traced. */
  readonly trace?: TraceHeaders | undefined;
}

export type RunMessage = readonly [
  tag: typeof TO_THREAD.run,
  bundle: number,
  taskIds: readonly number[],
  /** Through a process they come serialized. */
  inputs: readonly unknown[] | Uint8Array,
  /** Sparse; absent if no item has any. */
  metas: readonly (ItemMeta | undefined)[] | undefined,
];
export type AbortMessage = readonly [tag: typeof TO_THREAD.abort, bundle: number, index: number];
export type AssignMessage = readonly [tag: typeof TO_THREAD.assign, slot: number, generation: number];
/** A message came that cannot be read: how far do your reports reach? */
export type AccountMessage = readonly [tag: typeof TO_THREAD.account, number: number];
/** You are to end, and have nothing to do: call the teardowns of your modules. */
export type TearDownMessage = readonly [tag: typeof TO_THREAD.tearDown];
export type ToThread = RunMessage | AbortMessage | AssignMessage | AccountMessage | TearDownMessage;

/** A failed item within a report: offset into it, what went wrong, the encoded error. `load`: its module did not load, so it has not begun. */
export type FailedItem = readonly [offset: number, kind: 'error' | 'load' | 'clone-result' | 'clone-error', error: unknown];

/** A result within a report that comes as bytes: offset into the report, and the digest of what is in them. */
export type SealedItem = readonly [offset: number, kind: 'sealed', digest: string];
/** What there is to say of an item beside its value; in the order of the items. */
export type ItemNote = FailedItem | SealedItem;

export type ReadyMessage = readonly [tag: typeof FROM_THREAD.ready];
export type StartupFailedMessage = readonly [tag: typeof FROM_THREAD.startupFailed, error: unknown];
export type DoneMessage = readonly [
  tag: typeof FROM_THREAD.done,
  bundle: number,
  /** Index of the first item of this report. */
  from: number,
  /** Through a process they go serialized. */
  values: readonly unknown[] | Uint8Array,
  /** Manager's clock: start of the first item, then the end of each, which is the start of the next. */
  times: readonly number[],
  notes: readonly ItemNote[] | undefined,
];
export type ProgressMessage = readonly [tag: typeof FROM_THREAD.progress, bundle: number, index: number, value: unknown];
/** `taskId` is -1 for code that no task started. */
export type LateErrorMessage = readonly [tag: typeof FROM_THREAD.lateError, taskId: number, attempt: number, error: unknown];
export type CrashingMessage = readonly [tag: typeof FROM_THREAD.crashing, bundle: number, index: number, error: unknown];
/** `process.exit` was called by this task (-1: by none). */
export type ExitingMessage = readonly [tag: typeof FROM_THREAD.exiting, code: number, bundle: number, index: number, taskId: number];
/** A message with tasks came that it cannot read. Which ones the manager knows, once the thread has ended. */
export type UnreadMessage = readonly [tag: typeof FROM_THREAD.unread];
/** The account of that number: all results of earlier bundles have been sent, and of this one those below `upTo`. What has not arrived cannot be read. */
export type AccountedMessage = readonly [tag: typeof FROM_THREAD.account, number: number, bundle: number, upTo: number];
/** A module was loaded that has something to do before the thread ends. */
export type TearsDownMessage = readonly [tag: typeof FROM_THREAD.tearsDown];
/** It was done; `error` is what went wrong, if anything did. */
export type TornDownMessage = readonly [tag: typeof FROM_THREAD.tornDown, error: unknown];
export type FromThread =
  | ReadyMessage
  | StartupFailedMessage
  | DoneMessage
  | ProgressMessage
  | LateErrorMessage
  | CrashingMessage
  | ExitingMessage
  | AccountedMessage
  | TearsDownMessage
  | TornDownMessage
  | UnreadMessage;
