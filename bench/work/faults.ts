import { hash32 } from '../../src/core/random.ts';

/** Every way in which the benchmark makes an attempt go wrong, in the order in which the dice are read. */
export const FAULT_KINDS = ['throw', 'crash', 'exit', 'oom', 'hang', 'never', 'slow', 'corrupt'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Probabilities per attempt, and the seed they are drawn from. `startup` is per thread start. */
export interface FaultPlan {
  readonly seed: number;
  readonly rates: Partial<Record<FaultKind, number>>;
  readonly startup?: number;
}

const chance = (...parts: number[]): number => hash32(...parts) / 4_294_967_296;

/**
 * What goes wrong with the given start of the given task, if anything does. It depends on the seed, the task and the
 * number of the start alone, so every contender meets the same faults. This is the one place where that is decided.
 *
 * @param start 1 for the first time the task is started, whichever pool starts it
 */
export function faultOf(plan: FaultPlan, taskId: number, start: number): FaultKind | undefined {
  let draw = chance(plan.seed, taskId, start);
  for (const kind of FAULT_KINDS) {
    const rate = plan.rates[kind] ?? 0;
    if (draw < rate) return kind;
    draw -= rate;
  }
  return undefined;
}

/** Whether the `start`-th thread of the process fails to load the task module. */
export function startFails(plan: FaultPlan, start: number): boolean {
  return chance(plan.seed, start, 0x57a27) < (plan.startup ?? 0);
}
