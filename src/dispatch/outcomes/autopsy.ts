import type { ThreadExitReason } from '../../core/events.ts';
import type { Attempt } from '../../core/task.ts';
import type { Exit } from '../../executors/executor.ts';
import type { PoolThread } from '../threads/pool-thread.ts';

/** What became of the attempts that a dead thread held. */
export interface Findings {
  /** The attempt whose task killed the thread. */
  readonly guilty: Attempt | undefined;
  /** Had begun, through no fault of their own: run again, uncharged, if they may be started twice. */
  readonly interrupted: readonly Attempt[];
  /** Never begun; in order. */
  readonly untouched: readonly Attempt[];
  /** The thread died of reading one of those that had not begun. It is the guilty one if no other can have come. */
  readonly unread: boolean;
  /** An attempt that had been given up was at work: it may have killed the thread, and its result is not wanted. */
  readonly stray: boolean;
  /** A task that had settled and killed the thread afterwards; -1 if no task was behind it. */
  readonly lateTask: number | undefined;
}

/**
 * Reads from cursors and last words which attempt was running, which only waited, and which is to blame. Attempts that were fenced have had
 * their outcome and are passed over.
 */
export function autopsy(thread: PoolThread, exit: Exit, reason: ThreadExitReason): Findings {
  const { blame } = exit;
  const ordered = thread.stopReason !== undefined && reason === thread.stopReason;
  // If the fatal code belongs to no task, blame the running one; otherwise it could be interrupted forever without using up a retry.
  const ownDeath = exit.cause !== 'reclaimed' && exit.cause !== 'node';
  const nobodyElse = blame.of === 'running' || (blame.of === 'settled' && blame.taskId === -1 && ownDeath);
  let guilty: Attempt | undefined;
  const interrupted: Attempt[] = [];
  const untouched: Attempt[] = [];
  let stray = false;
  for (const bundle of thread.bundles) {
    const { claimed, finished } = thread.standing(bundle);
    // An orphan is not dead: in another process, what was not confirmed to be taken back may still begin.
    const mayBegin = thread.phase === 'orphan' && bundle.state !== 'revoked';
    for (let i = bundle.reported; i < bundle.size; i++) {
      const attempt = bundle.attempts[i]!;
      const named = blame.of === 'item' && blame.bundle === bundle.number && blame.index === i;
      const running = i >= finished && i < claimed;
      if (!thread.holds(attempt, bundle)) {
        stray ||= attempt.threadKey === thread.key && (named || running);
        continue;
      }
      if (!ordered && guilty === undefined && (named || (running && nobodyElse))) guilty = attempt;
      else if (i < claimed || mayBegin) interrupted.push(attempt);
      else untouched.push(attempt);
    }
  }
  const mail = blame.of === 'mail';
  // None was running, and the thread died at work all the same: of making the one result, or of cloning it.
  // And under which a second node is lost, although it was not seen to begin, or a second thread dies of its mail, is to blame all the same: otherwise it
  // might run uncharged again and again.
  const again = (exit.cause === 'node' || mail) && interrupted[0]?.wasLost === true;
  if (!ordered && (nobodyElse || again) && guilty === undefined && !stray && interrupted.length === 1) guilty = interrupted.pop();
  const outOfMemory = exit.cause === 'oom' && nobodyElse && interrupted.length === 0;
  const unread = !ordered && (outOfMemory || mail) && guilty === undefined && !stray && untouched.length > 0;
  if (unread && untouched.length === 1 && isAllItsMail(thread, untouched[0]!)) guilty = untouched.pop();
  return { guilty, interrupted, untouched, unread, stray, lateTask: blame.of === 'settled' && !ordered ? blame.taskId : undefined };
}

/** Whether nothing else can have lain in the mail of the thread: what was taken back from it lies there all the same. */
function isAllItsMail({ handle, nextBundle, bundles }: PoolThread, { bundle }: Attempt): boolean {
  return handle.seen === bundle - 1 && nextBundle === bundle + 1 && bundles.at(-1)?.attempts.length === 1;
}
