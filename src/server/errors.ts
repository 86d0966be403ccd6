import { HoldfastError } from '../core/errors.ts';
import { messageOf } from '../core/foreign/message.ts';

/** Every code that a `ServerError` can carry; docs/servers.md says what each one means and what to do. */
export type ServerCode =
  | 'ERR_SERVER_MODULE'
  | 'ERR_SERVER_START'
  | 'ERR_SERVER_IGNORED'
  | 'ERR_SERVER_MESSAGE'
  | 'ERR_SERVER_NOT_CLONEABLE'
  | 'ERR_SERVER_STATE'
  | 'ERR_SERVER_ASYNC'
  | 'ERR_SERVER_TIMEOUT'
  | 'ERR_SERVER_HANDLER_TIMEOUT'
  | 'ERR_SERVER_CRASHED'
  | 'ERR_SERVER_MAILBOX_FULL'
  | 'ERR_SERVER_STOPPED'
  | 'ERR_SERVER_FAILED'
  | 'ERR_SERVER_CYCLE'
  | 'ERR_SERVER_UNKNOWN'
  | 'ERR_SERVER_NAME'
  | 'ERR_SERVER_JOURNAL_LOCKED'
  | 'ERR_SERVER_JOURNAL_DAMAGED'
  | 'ERR_SERVER_JOURNAL_OTHER'
  | 'ERR_SERVER_JOURNAL_WRITE';

/** A server could not start, a message could not be handled, or the server is gone. What a handler throws or fails with is delivered as it is. */
export class ServerError extends HoldfastError {
  declare readonly code: ServerCode;

  constructor(code: ServerCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, 'cause' in options ? { cause: options.cause } : undefined);
  }

  static {
    ServerError.prototype.name = 'ServerError';
  }
}

/** A message or a reply that structured clone does not take. */
export function notCloneable(what: 'message' | 'reply', cause: unknown): ServerError {
  const why = messageOf(cause).replace(/\.$/, ''); // V8 ends its own with a full stop.
  const effect = what === 'message' ? 'It was not sent.' : 'The message was handled all the same.';
  return new ServerError('ERR_SERVER_NOT_CLONEABLE', `The ${what} cannot be cloned: ${why}. Pass plain data. ${effect}`, { cause });
}

/** A message that was taken for one that can be cloned, and that no thread can read. */
export function unreadable(cause: unknown): ServerError {
  const why = messageOf(cause).replace(/\.$/, '');
  return new ServerError('ERR_SERVER_NOT_CLONEABLE', `The message cannot be read: ${why}. Pass plain data. It was not handled.`, { cause });
}

/** The caller has stopped waiting. */
export function lateCall(timeout: number): ServerError {
  const advice =
    'In the mailbox it never runs; with its thread already, it is handled, and its reply is dropped. Raise timeout, or make the handlers shorter.';
  return new ServerError('ERR_SERVER_TIMEOUT', `The call was not answered within ${timeout} ms. ${advice}`);
}

/** Threads died faster than the restart intensity allows. */
export function exhausted(name: string, limits: { intensity: number; within: number }, how: string, cause: unknown): ServerError {
  const last = cause === undefined ? how : messageOf(cause);
  const text = `Server ${JSON.stringify(name)} gave up: more than ${limits.intensity} of its threads died within ${limits.within} ms.`;
  return new ServerError('ERR_SERVER_FAILED', `${text} The last one: ${last}`, cause === undefined ? {} : { cause });
}
