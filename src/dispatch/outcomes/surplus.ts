import type { Backlog } from '../queue/backlog.ts';
import type { Roster } from '../threads/roster.ts';

/** Milliseconds that a fresh task must have waited before a thread is ended to make way for it: about a thread's start-up time, less if a spare is ready. */
const PATIENCE = 50;
const PATIENCE_WITH_SPARE = 5;

/**
 * Whether another task needs the thread of a copy that is no longer needed. Ending it costs a thread start, and usually another thread is free
 * sooner. So the only reasons are a fresh task that has waited for a while, and tasks that lie behind a long one on the last open thread; a retry
 * or a copy is a reason only if no thread is left that could ever take it.
 */
export function isInNeed(roster: Roster, backlog: Backlog, now: number): boolean {
  const patience = roster.spare(() => true) === undefined ? PATIENCE : PATIENCE_WITH_SPARE;
  let open = 0;
  let stuck = false;
  for (const thread of roster.slots) {
    if (thread?.phase === 'stopping') return false; // Its successor is on the way.
    if (!thread?.open) continue;
    if (thread.idle) return false; // What waits is not for anyone, and room is made for it elsewhere.
    open++;
    stuck ||= thread.unclaimed() > 0 && thread.current() !== undefined && now - thread.handle.itemStartedAt >= patience;
  }
  if (stuck || backlog.size === 0) return stuck;
  if (open === 0) return true;
  const since = backlog.freshSince;
  return since !== undefined && now - since >= patience;
}
