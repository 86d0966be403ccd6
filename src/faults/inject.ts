import { getHeapStatistics } from 'node:v8';
import { ACTS } from './acts.ts';
import { InjectedFault } from './injected-fault.ts';
import type { FaultSite } from './kinds.ts';
import { type FaultRules, faultAt, startFails } from './rules.ts';

/** A heap larger than this, in bytes, would take seconds and the machine's memory to fill. */
const LARGEST_HEAP = 512 * 1_048_576;

/** Acts on a plan inside one thread. */
export interface FaultInjector {
  /** Called before the task module is loaded. @throws {InjectedFault} if the plan has this start fail */
  starting(): void;
  /** Takes the place of `handler(input)`. */
  call(handler: (input: unknown) => unknown, input: unknown, site: FaultSite): unknown;
  /** The thread serves this slot from now on. */
  assigned(slot: number, generation: number): void;
}

/**
 * Makes the injector of one thread; the module that a pool loads into its threads when it is given a fault plan.
 * @param rules the plain data of the plan
 * @param start number of this thread start in its pool
 */
export function inject(rules: FaultRules, start: number): FaultInjector {
  let active = rules.slot === undefined && rules.generation === undefined;
  return {
    starting() {
      if (startFails(rules, start)) throw new InjectedFault('startup', `thread start ${start}`);
      const limit = getHeapStatistics().heap_size_limit;
      if (rules.rates.oom > 0 && limit > LARGEST_HEAP)
        throw new RangeError(
          `Expected a heap limit of at most ${inMb(LARGEST_HEAP)} MB, because the fault plan has oom faults, which fill the heap. ` +
            `Got ${inMb(limit)} MB. Set the pool's resourceLimits, for example to { maxOldGenerationSizeMb: 64 }.`,
        );
    },
    call(handler, input, site) {
      const fault = active ? faultAt(rules, site.taskId, site.attempt, site.replica) : undefined;
      if (fault === undefined) return handler(input);
      return ACTS[fault](() => handler(input), site, rules);
    },
    assigned(slot, generation) {
      active = (rules.slot ?? slot) === slot && (rules.generation ?? generation) === generation;
    },
  };
}

function inMb(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}
