import type { Backlog } from '../queue/backlog.ts';
import type { Roster } from '../threads/roster.ts';

/** How long a fresh task waits before a thread is ended for it: about what a new one takes, or less where a spare is ready; milliseconds. */
const PATIENCE = 50;
const PATIENCE_WITH_SPARE = 5;

/**
 * Whether somebody needs the thread of a copy that is no longer needed. To end it costs a thread start, and mostly another thread is
 * free sooner. So only a fresh task that has waited for a while is a reason, or what lies behind a long one on the last thread that is
 * open; a retry or a copy only when no thread is left that could ever take it.
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
