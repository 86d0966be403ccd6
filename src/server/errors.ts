import { HoldfastError, NoQuorumError } from '../core/errors.ts';
import { messageOf } from '../core/foreign/message.ts';
import type { Ballots } from './members/ballots.ts';
import type { Death } from './members/member.ts';

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

/** The thread that handled a message died of it. */
export function crashed(
  name: string,
  { cause, error, exitCode }: Pick<Death, 'cause' | 'error' | 'exitCode'>,
  handlerTimeout?: number,
): ServerError {
  const what = JSON.stringify(name);
  if (cause === 'timeout') {
    const limit = handlerTimeout === undefined ? 'handlerTimeout' : `handlerTimeout (${handlerTimeout} ms)`;
    return new ServerError(
      'ERR_SERVER_HANDLER_TIMEOUT',
      `The handler of ${what} passed ${limit}. Its thread was ended, and the state is as before.`,
    );
  }
  const how =
    cause === 'oom'
      ? 'ran out of memory'
      : cause === 'exit'
        ? `exited with code ${exitCode}`
        : `died: ${messageOf(error).replace(/\.$/, '')}`;
  const advice = 'The state is as before this message.';
  return new ServerError(
    'ERR_SERVER_CRASHED',
    `The thread ${how} while it handled ${what}. ${advice}`,
    error === undefined ? {} : { cause: error },
  );
}

/** Replicas said different things, and no two the same. */
export function noQuorum(name: string, ballots: Ballots): NoQuorumError {
  const said = ballots.voters.map(({ replica, threadId }, index) => ({
    value: ballots.verdicts[index]!.value,
    replica,
    slot: replica,
    threadId,
  }));
  return new NoQuorumError(
    `The replicas of the server gave ${said.length} different answers to ${JSON.stringify(name)}. The message was dropped.`,
    said,
  );
}

/** The first thread did not come up. */
export function startError({ cause, exitCode }: Pick<Death, 'cause' | 'exitCode'>, error: unknown, startTimeout: number): Error {
  if (error instanceof Error && error.name === 'ServerError') {
    return new ServerError((error as ServerError).code, error.message, { cause: error.cause });
  }
  const how =
    error !== undefined
      ? messageOf(error)
      : cause === 'start'
        ? `its state was not there within startTimeout (${startTimeout} ms)`
        : `its thread exited with code ${exitCode}`;
  return new ServerError('ERR_SERVER_START', `The server did not start: ${how}`, error === undefined ? {} : { cause: error });
}

/** The caller has stopped waiting. */
export function lateCall(timeout: number): ServerError {
  const advice = 'If it had not begun it never will; otherwise its reply is dropped. Raise timeout, or make the handlers shorter.';
  return new ServerError('ERR_SERVER_TIMEOUT', `The call was not answered within ${timeout} ms. ${advice}`);
}

/** Threads died faster than the restart intensity allows. */
export function exhausted(name: string, limits: { intensity: number; within: number }, how: string, cause: unknown): ServerError {
  const last = cause === undefined ? how : messageOf(cause);
  const text = `Server ${JSON.stringify(name)} gave up: more than ${limits.intensity} of its threads died within ${limits.within} ms.`;
  return new ServerError('ERR_SERVER_FAILED', `${text} The last one: ${last}`, cause === undefined ? {} : { cause });
}
