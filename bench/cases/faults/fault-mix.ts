import type { Needs } from '../../contenders/contender.ts';
import { OOM_HEAP_MB } from '../../ideal/calibrate.ts';
import { copiesForQuorum, type FaultClass, faultOverheadMs } from '../../ideal/formulas.ts';
import type { Calibration } from '../../results.ts';
import type { FaultKind, FaultPlan } from '../../work/faults.ts';

/** What can be injected: one kind of fault, all of them at once, or threads that fail to start. */
export const FAULT_CASES = ['throw', 'crash', 'exit', 'oom', 'hang', 'never', 'slow', 'corrupt', 'startup', 'mix'] as const;
export type FaultCase = (typeof FAULT_CASES)[number];

/** CPU time of one good attempt. */
export const TASK_MS = 1;
/** A hundred times that: what a careful user would allow. */
export const TIMEOUT_MS = 100;
/** What a slow attempt does on top. */
export const SLOW_MS = 20;
/** Threads must die before one can fail to start: this share of the attempts crashes in the `startup` case. */
const CRASHES_BESIDE_STARTUP = 0.01;

const MIXED: readonly FaultKind[] = ['throw', 'crash', 'exit', 'oom', 'hang', 'never', 'slow'];

/** The faults of a case at a rate: in the mix, the rate is shared out evenly. */
export function planOf(what: FaultCase, rate: number, seed: number): FaultPlan {
  if (what === 'startup') return { seed, rates: { crash: CRASHES_BESIDE_STARTUP }, startup: rate };
  if (what !== 'mix') return { seed, rates: { [what]: rate } };
  return { seed, rates: Object.fromEntries(MIXED.map((kind) => [kind, rate / MIXED.length])) };
}

/** What a pool needs to know to live with the faults of a case; everything else stays at its defaults. */
export function needsOf(what: FaultCase, threads: number): Needs {
  const endless = what === 'hang' || what === 'never' || what === 'mix';
  const hungry = what === 'oom' || what === 'mix';
  return {
    threads,
    faulty: true,
    ...(endless ? { timeoutMs: TIMEOUT_MS } : {}),
    ...(hungry ? { heapMb: OOM_HEAP_MB } : {}),
    // Two equal answers: nothing less can tell a corrupt one. And a plan that breaks more starts than the default
    // restart intensity allows would rightly be given up.
    ...(what === 'corrupt' ? { holdfast: { redundancy: { replicas: 2, quorum: 2 } } } : {}),
    ...(what === 'startup' ? { holdfast: { restart: { intensity: 1_000_000 } } } : {}),
  };
}

/**
 * What the faults of a case cost an ideal pool for each right result, in milliseconds of thread time. Detection: half of
 * the work is lost with an attempt that fails half-way; an endless one is found at its time-out. Replacement: the CPU
 * time of a thread's start while all cores are busy, its cold code included; of one that does not come to anything, that of the start alone.
 *
 * @param rates probability of each kind per attempt: those of the plan, or those that really struck
 * @param votes corrupt answers are outvoted, and the threads that gave them replaced, as spoilt ones must be
 * @param convicted how many threads were replaced for it, per corrupt answer: some have given several by then
 */
export function overheadOf(
  what: FaultCase,
  rates: FaultPlan['rates'],
  startup: number,
  serviceMs: number,
  calibration: Calibration,
  votes: boolean,
  convicted: number = 1,
): number {
  const { slow = 0, corrupt = 0, ...deadly } = rates;
  const startMs = calibration.replacementMs + (calibration.threadMs * startup) / (1 - startup);
  const classes = Object.entries(deadly).map(
    ([kind, probability]): FaultClass => ({ probability, ...costOf(kind as FaultKind, serviceMs, startMs, calibration) }),
  );
  const copies = what === 'corrupt' ? copiesForQuorum(votes ? 2 : 1, corrupt) : 1;
  const convictedMs = votes ? copies * corrupt * convicted * startMs : 0;
  return faultOverheadMs(classes) + slow * SLOW_MS + (copies - 1) * serviceMs + convictedMs;
}

function costOf(kind: FaultKind, serviceMs: number, startMs: number, calibration: Calibration): Omit<FaultClass, 'probability'> {
  switch (kind) {
    case 'throw':
      return { detectionMs: serviceMs / 2, replacementMs: 0 };
    case 'hang':
    case 'never':
      return { detectionMs: TIMEOUT_MS, replacementMs: startMs };
    case 'oom':
      return { detectionMs: serviceMs / 2 + Math.max(0, calibration.oomMs - calibration.threadMs), replacementMs: startMs };
    default:
      return { detectionMs: serviceMs / 2, replacementMs: startMs };
  }
}
