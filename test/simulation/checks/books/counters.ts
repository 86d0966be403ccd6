import type { Books } from './books.ts';

/** What a refusal is to the caller, where that has another name. */
const KIND_OF: Readonly<Record<string, string>> = { queue_full: 'rejected', closed: 'rejected', failed: 'startup' };

/** The pool's own counters agree with what its caller and its listeners have seen. */
export function checkCounters({ world, witness, pool }: Books): void {
  const { journal } = world;
  const { settlements } = witness;
  const same = (what: string, counted: number, seen: number, unread = 0): void => {
    if (counted < seen || counted > seen + unread) world.fail(`the pool counts ${counted} ${what}; ${seen} were seen`);
  };
  const seen = (name: string): number => journal.count(`event:${name}`);
  const { tally } = pool;
  let submitted = tally.refused.total;
  let fulfilled = 0;
  let retries = 0;
  let conflicts = 0;
  let hedges = 0;
  const rejected = new Map<string, number>();
  for (const [reason, count] of tally.refused.values) {
    const kind = KIND_OF[reason] ?? reason;
    rejected.set(kind, (rejected.get(kind) ?? 0) + count);
  }
  for (const task of tally.tasks.values()) {
    submitted += task.accepted;
    fulfilled += task.fulfilled;
    retries += task.retries.total;
    conflicts += task.conflicts.total;
    hedges += task.hedges.total;
    if (task.timedOut.total !== task.rejected.get('timeout')) world.fail(`${task.timedOut.total} time-outs have a phase`);
    for (const [kind, count] of task.rejected.values) rejected.set(kind, (rejected.get(kind) ?? 0) + count);
  }
  // A map that ends may have items that were refused, but were not read.
  const { unread } = settlements;
  same('submitted tasks', submitted, settlements.submitted, unread);
  same('fulfilled tasks', fulfilled, settlements.outcomes.get('fulfilled') ?? 0);
  for (const kind of new Set([...rejected.keys(), ...settlements.kinds.keys()]))
    same(`tasks that failed by ${kind}`, rejected.get(kind) ?? 0, settlements.kinds.get(kind) ?? 0, unread);
  same('retries', retries, seen('retry'));
  same('thread starts', tally.threadStarts.total, world.threadsStarted);
  same('thread exits', tally.threadExits.total, seen('workerExit'));
  same('late messages', tally.lateMessages, seen('late'));
  same('late errors', tally.lateErrors, seen('lateError'));
  same('starts that ended well', tally.startup.count, seen('workerStart'));
  same('conflicts', conflicts, seen('conflict'));
  same('hedges that are over', hedges, seen('hedge'));
}
