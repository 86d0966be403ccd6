import { NoQuorumError } from '../../core/errors.ts';
import { messageOf } from '../../core/foreign/message.ts';
import { ServerError } from '../errors.ts';
import type { Ballots } from './ballots.ts';
import type { Death } from './death.ts';
import type { Member } from './member.ts';

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

/** Who took over from whom, as an event says it. */
export function tookOver(next: Member, dead: Member) {
  return { from: dead.threadId, to: next.threadId, fromPid: dead.pid, toPid: next.pid };
}
