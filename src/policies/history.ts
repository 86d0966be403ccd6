import type { Clock } from '../core/clock.ts';
import type { AttemptRecord, Failure } from '../core/failure.ts';
import type { Attempt } from '../core/task.ts';

/** Writes a failed attempt into the history of its task. */
export function record(attempt: Attempt, failure: Failure, clock: Clock): AttemptRecord {
  const now = clock.now();
  const ms = attempt.startedAt === 0 ? 0 : Math.max(0, now - attempt.startedAt);
  const entry: AttemptRecord = {
    attempt: attempt.number,
    replica: attempt.replica,
    slot: attempt.thread?.slot ?? -1,
    threadId: attempt.thread?.threadId ?? -1,
    kind: failure.kind,
    startedAt: clock.wall() - ms,
    ms,
    error: failure.error,
  };
  const { task } = attempt;
  task.extras ??= {};
  task.extras.history ??= [];
  task.extras.history.push(entry);
  return entry;
}
