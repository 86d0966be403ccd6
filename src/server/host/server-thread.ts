import type { Control } from '../control.ts';
import type { FromThread, ThreadInit, ToThread } from '../wire.ts';

/** How a thread of a server ended. */
export interface ThreadEnd {
  readonly cause: 'exit' | 'oom' | 'error';
  readonly exitCode: number | undefined;
  /** What the worker said itself; last words come as a message before. */
  readonly error: unknown;
}

/** What a thread tells. Nothing is called after `exited`, and nothing from inside `start`. */
export interface ServerThreadEvents {
  message(message: FromThread): void;
  /** The death notice itself. What the thread had sent has been delivered. */
  exited(end: ThreadEnd): void;
}

/** One thread of a server, real or simulated. */
export interface ServerThread {
  readonly threadId: number;
  readonly control: Control;
  post(message: ToThread): void;
  terminate(): void;
}

/**
 * Starts threads. Not the `Executor` of a pool: that hands over bundles of items that do not depend on each other, takes back what was not begun, and
 * blames one item for a death. A server sends an order of messages that must be kept for as long as the state lives, to several threads at once, at
 * different times. The worker below is the same.
 */
export type StartThread = (init: ThreadInit, events: ServerThreadEvents) => ServerThread;
