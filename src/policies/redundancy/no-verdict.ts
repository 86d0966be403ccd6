import { type Ballot, NoQuorumError, WorkerCrashError } from '../../core/errors.ts';
import type { Failure } from '../../core/failure.ts';
import { messageOf } from '../../core/foreign/message.ts';
import type { Attempt } from '../../core/task.ts';

/** A ballot that changed after its digest was taken. */
export function changed({ thread }: Attempt): Failure {
  const message = 'The result had changed when it was read: it no longer has the digest that its thread had taken.';
  const threadId = thread?.threadId ?? -1;
  return { kind: 'crash', error: new WorkerCrashError('ERR_WORKER_CRASHED', message, { threadId }) };
}

/** The copies do not agree, and nothing decides. */
export function noQuorum(message: string, ballots: readonly Ballot[], cause?: unknown): NoQuorumError {
  const why = cause === undefined ? '' : `: ${messageOf(cause)}`;
  return new NoQuorumError(`${message}${why}.`, ballots, cause);
}
