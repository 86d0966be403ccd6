import { setTimeout as delay } from 'node:timers/promises';
import { MAX_DELAY } from '../core/clock.ts';
import { corrupted } from './corrupt.ts';
import { InjectedFault } from './injected-fault.ts';
import type { AttemptFault, FaultSite } from './kinds.ts';
import { corruptionAt, type FaultRules } from './rules.ts';

/** Makes a fault happen, for real. `run` is the task itself, for those faults that let it run. */
type Act = (run: () => unknown, site: FaultSite, rules: FaultRules) => unknown;

/** Exit code of the fault `exit`: unlike any that Node.js uses itself. */
export const INJECTED_EXIT_CODE = 70;

const never = (): Promise<never> => new Promise(() => {});

export const ACTS: Readonly<Record<AttemptFault, Act>> = {
  throw: (_run, site) => {
    throw errorAt('throw', site);
  },
  reject: (_run, site) => Promise.reject(errorAt('reject', site)),
  crash: (_run, site) => {
    setImmediate(() => {
      throw errorAt('crash', site);
    });
    return never();
  },
  exit: () => process.exit(INJECTED_EXIT_CODE),
  hang: () => {
    for (;;);
  },
  never,
  oom: fillHeap,
  slow: async (run, _site, rules) => {
    const begun = performance.now();
    try {
      return await run();
    } finally {
      const { slowBy } = rules;
      const ms = typeof slowBy === 'number' ? slowBy : (performance.now() - begun) * (slowBy.factor - 1);
      await delay(Math.min(ms, MAX_DELAY));
    }
  },
  corrupt: (run, site, rules) => {
    const { place, variant } = corruptionAt(rules, site.taskId, site.attempt, site.replica);
    return onceSettled(run(), (result) => corrupted(result, place, variant));
  },
  late: (run, site, rules) =>
    onceSettled(run(), (result) => {
      setTimeout(
        () => {
          throw errorAt('late', site);
        },
        Math.min(rules.lateAfter, MAX_DELAY),
      );
      return result;
    }),
};

function errorAt(fault: AttemptFault, { taskId, attempt, replica }: FaultSite): InjectedFault {
  return new InjectedFault(fault, `task ${taskId}, attempt ${attempt}, replica ${replica}`);
}

/**
 * Reaches the heap limit in tens of milliseconds. A large bigint is one allocation that the collector need not search.
 * The pieces must stay far below the reserve that Node.js grants a worker which has reached its limit, or V8 ends the whole process.
 */
function fillHeap(): never {
  const kept: bigint[] = [];
  for (;;) kept.push(1n << 8_388_608n);
}

/** A synchronous task stays synchronous. */
function onceSettled(result: unknown, then: (value: unknown) => unknown): unknown {
  const pending = typeof result === 'object' && result !== null && typeof (result as PromiseLike<unknown>).then === 'function';
  return pending ? Promise.resolve(result).then(then) : then(result);
}
