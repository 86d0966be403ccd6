import type { PortedEnd } from '../../executors/threads/ported-worker.ts';
import type { Control } from '../control.ts';
import type { FromThread, ThreadInit, ToThread } from '../wire.ts';

/** How a thread of a server ended; last words come as a message before. */
export type ThreadEnd = PortedEnd;

/** What a thread tells. Nothing is called after `exited`, and nothing from inside `start`. */
export interface ServerThreadEvents {
  message(message: FromThread): void;
  /** The death notice itself. What the thread had sent has been delivered. */
  exited(end: ThreadEnd): void;
}

/** One thread of a server, real or simulated. */
export interface ServerThread {
  readonly threadId: number;
  /** Its process, if that is not the manager's. */
  readonly pid?: number | undefined;
  /** As the thread has left it; where it is not memory that both share, a copy of now. */
  readonly control: Control;
  post(message: ToThread): void;
  terminate(): void;
}

/**
 * Starts threads. Not the `Executor` of a pool: that hands over bundles of items that do not depend on each other, takes back what was not begun, and
 * blames one item for a death. A server sends an order of messages that must be kept for as long as the state lives, to several threads at once, at
 * different times. The worker below is the same, and so is the cell around it.
 */
export type StartThread = (init: ThreadInit, events: ServerThreadEvents) => ServerThread;

/** Where the threads of a server live. */
export interface ServerThreads {
  readonly start: StartThread;
  /** When none is left: gives back what they lived in. */
  close(): Promise<void>;
}
