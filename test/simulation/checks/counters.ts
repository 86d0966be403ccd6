import type { LabelCounts } from '../../../src/core/tally.ts';
import type { Books } from './audit.ts';

/** The pool's own counters agree with what its caller and its listeners have seen. */
export function checkCounters({ world, witness, pool }: Books): void {
  const { journal } = world;
  const { settlements } = witness;
  const same = (what: string, counted: number, seen: number, unread = 0): void => {
    if (counted < seen || counted > seen + unread) world.fail(`the pool counts ${counted} ${what}; ${seen} were seen`);
  };
  const seen = (name: string): number => journal.count(`event:${name}`);
  const { tally } = pool;
  let submitted = 0;
  let fulfilled = 0;
  let retries = 0;
  const rejected = new Map<string, number>();
  for (const task of tally.tasks.values()) {
    submitted += task.submitted;
    fulfilled += task.fulfilled;
    retries += sum(task.retries);
    for (const [kind, count] of task.rejected.values) rejected.set(kind, (rejected.get(kind) ?? 0) + count);
  }
  // A map that ends may have items that were refused, but nobody has read it.
  const { unread } = settlements;
  same('submitted tasks', submitted, settlements.submitted, unread);
  same('fulfilled tasks', fulfilled, settlements.outcomes.get('fulfilled') ?? 0);
  for (const kind of new Set([...rejected.keys(), ...settlements.kinds.keys()]))
    same(`tasks that failed by ${kind}`, rejected.get(kind) ?? 0, settlements.kinds.get(kind) ?? 0, unread);
  same('retries', retries, seen('retry'));
  same('thread starts', sum(tally.threadStarts), world.threadsStarted);
  same('thread exits', sum(tally.threadExits), seen('workerExit'));
  same('late messages', tally.lateMessages, seen('late'));
  same('late errors', tally.lateErrors, seen('lateError'));
  same('starts that ended well', tally.startup.count, seen('workerStart'));
  same('conflicts', sum(tally.conflicts), seen('conflict'));
  same('hedges that are over', sum(tally.hedges), seen('hedge'));
}

function sum(counts: LabelCounts): number {
  let total = 0;
  for (const count of counts.values.values()) total += count;
  return total;
}
