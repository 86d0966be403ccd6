import { AsyncLocalStorage } from 'node:async_hooks';
import { pinned } from '../../core/foreign/intrinsics.ts';
import type { CallOptions } from './call-options.ts';

/** Who waits for a reply: plain data, so it can stand in the state. */
export interface From {
  /** Identifies the server that was called, within its program. */
  readonly server: string;
  /** Number of the message in its log. */
  readonly call: number;
}

/** Names a timer: plain data, so it can stand in the state. */
export type TimerRef = string;

/** What a handler can know and do besides changing its state. */
export interface ServerContext {
  /** Name of the server. */
  readonly name: string;
  /** Who called; give it to `reply` later, after `noReply()`. */
  readonly from: From;
  /** The message was handled and answered before: this run only brings the state back. Do not repeat what was done to the outside. */
  readonly replaying: boolean;
  /** Number of the replica that runs this, from 0. The state must not depend on it. */
  readonly replica: number;
  /** Milliseconds since 1970 when the message entered the log. The same in a replay and in every replica; never goes back. */
  now(): number;
  /** A number in [0, 1), the same in a replay and in every replica. */
  random(): number;
  /** Has `info` called with the message, `ms` milliseconds after this message was answered. The timer is in the log. */
  sendAfter(ms: number, message: unknown): TimerRef;
  /** Takes a timer back. `false` if its message has been handled already, or there is no such timer; otherwise its message never comes. */
  cancelTimer(timer: TimerRef): boolean;
  /** Has `continue` called with the message, before any other message, after the reply to this one was sent. */
  continue(message: unknown): void;
  /** Ends the server after this message: normally, or with an error as the reason. */
  stop(error?: unknown): void;
  /**
   * Calls another server of this program by its name. Its answer is in the log, so a replay hears the same.
   * Refused with `ERR_SERVER_CYCLE` if that server waits for this one.
   */
  call(server: string, name: string, message?: unknown, options?: CallOptions): Promise<unknown>;
  /** Sends a message without a reply to another server of this program, when this message has been answered. */
  cast(server: string, name: string, message?: unknown): void;
  /** Answers a call that was left open: the same as the function `reply`. */
  reply(from: From, value: unknown): void;
}

/** Which message is being handled. */
export interface Handling {
  /** As long as the handler has not returned. */
  now: ServerContext | undefined;
  /** Of handlers that go on after that: what belongs to them is known wherever it runs. */
  readonly later: AsyncLocalStorage<ServerContext>;
}

/** Hangs on a global symbol: the runtime of the thread and the module of the user load this file separately. */
const SLOT: unique symbol = Symbol.for('holdfast.server.context') as never;
const holder = globalThis as { [SLOT]?: Handling };
export const handling: Handling = holder[SLOT] ?? { now: undefined, later: pinned(new AsyncLocalStorage<ServerContext>()) };
if (holder[SLOT] === undefined) Object.defineProperty(holder, SLOT, { value: handling });

/**
 * The context of the message that is being handled.
 * @throws {Error} outside of a handler
 */
export function context(): ServerContext {
  const current = handling.now ?? handling.later.getStore();
  if (current !== undefined) return current;
  throw new Error(
    'context() was called outside of a handler. Call it inside a handler of a server, or in code that the handler waits for.',
  );
}

/**
 * Answers a call whose handler has returned `noReply()`. May be called by any handler, of any server of the program that was given the `from`.
 * What is answered a second time is dropped. `fail(error)` answers with an error.
 */
export function reply(from: From, value: unknown): void {
  context().reply(from, value);
}
