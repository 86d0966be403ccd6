import type { Attempt } from '../../core/task.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { PoolThread } from '../threads/pool-thread.ts';

/** Ends every attempt that waits or runs in a place that is about to be stopped, and tells which those are. The caller has to give them an outcome. */
export function surrender(backlog: Backlog, threads: Iterable<PoolThread>): readonly Attempt[] {
  const attempts = [...backlog];
  for (const attempt of attempts) backlog.remove(attempt);
  for (const thread of threads) attempts.push(...thread.held());
  for (const attempt of attempts) attempt.end();
  return attempts;
}
