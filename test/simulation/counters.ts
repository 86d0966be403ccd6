import type { LabelCounts } from '../../src/core/tally.ts';
import type { Books } from './audit.ts';

/** The pool's own counters agree with what its caller and its listeners have seen. */
export function checkCounters({ world, witness, manager, executor }: Books): void {
  const { journal } = world;
  const same = (what: string, counted: number, seen: number): void => {
    if (counted !== seen) world.fail(`the pool counts ${counted} ${what}; ${seen} were seen`);
  };
  const seen = (name: string): number => journal.counts.get(`event:${name}`) ?? 0;
  const { tally } = manager;
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
  same('submitted tasks', submitted, witness.submitted);
  same('retries', retries, seen('retry'));
  if (!witness.outcomes.has('abandoned')) {
    same('fulfilled tasks', fulfilled, witness.outcomes.get('fulfilled') ?? 0);
    for (const kind of new Set([...rejected.keys(), ...witness.rejectedKinds.keys()]))
      same(`tasks that failed by ${kind}`, rejected.get(kind) ?? 0, witness.rejectedKinds.get(kind) ?? 0);
  }
  same('thread starts', sum(tally.threadStarts), executor.started);
  same('thread exits', sum(tally.threadExits), seen('workerExit'));
  same('late messages', tally.lateMessages, seen('late'));
  same('late errors', tally.lateErrors, seen('lateError'));
  same('starts that ended well', tally.startup.count, seen('workerStart'));
}

function sum(counts: LabelCounts): number {
  let total = 0;
  for (const count of counts.values.values()) total += count;
  return total;
}
