import { hash32 } from '../core/random.ts';
import { ATTEMPT_FAULTS, type AttemptFault } from './kinds.ts';

/** A fault plan as plain data: this much travels into each thread. */
export interface FaultRules {
  /** Decides every fault: the same seed, the same faults. */
  readonly seed: number;
  /** Probability of each fault per attempt; together at most 1. */
  readonly rates: Readonly<Record<AttemptFault, number>>;
  /** Probability that a thread does not start. */
  readonly startup: number;
  /** Milliseconds, or a multiple of the time that the task took. */
  readonly slowBy: number | { readonly factor: number };
  /** Milliseconds between the result and the late error. */
  readonly lateAfter: number;
  /** Whether all corrupt results of one task are the same. */
  readonly agree: boolean;
  /** The only slot whose attempts meet faults. */
  readonly slot: number | undefined;
  /** The only generation of a slot whose attempts meet faults. */
  readonly generation: number | undefined;
}

/** Attempts and starts draw from streams of their own, and so does the place of a corruption. */
const STREAM = { attempt: 1, start: 2, place: 3 } as const;

const uniform = (...parts: number[]): number => hash32(...parts) / 4_294_967_296;

/** The fault of one attempt, if it has one: a pure function, the same in every thread and in the manager. */
export function faultAt(rules: FaultRules, taskId: number, attempt: number, replica: number): AttemptFault | undefined {
  let left = uniform(rules.seed, STREAM.attempt, taskId, attempt, replica);
  for (const fault of ATTEMPT_FAULTS) {
    left -= rules.rates[fault];
    if (left < 0) return fault;
  }
  return undefined;
}

/** Whether the thread that is started as number `start` fails to start. */
export function startFails(rules: FaultRules, start: number): boolean {
  return uniform(rules.seed, STREAM.start, start) < rules.startup;
}

/**
 * Which corruption a copy gets. All copies of a task are corrupted at the same place; `variant` then makes them agree or
 * differ. It is a different number for every pair of attempt and copy (Cantor's pairing), and small for small ones.
 */
export function corruptionAt(rules: FaultRules, taskId: number, attempt: number, replica: number): { place: number; variant: number } {
  const sum = attempt + replica;
  return {
    place: hash32(rules.seed, STREAM.place, taskId),
    variant: rules.agree ? 0 : (sum * (sum + 1)) / 2 + replica,
  };
}
