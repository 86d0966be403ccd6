/** One way an attempt fails: with what probability, found after how long, and what the replacement costs then (ms). */
export interface FaultClass {
  readonly probability: number;
  readonly detectionMs: number;
  readonly replacementMs: number;
}

/**
 * Most right results a second that `threads` threads can give when attempts fail: N / (s + Σ pₖ(dₖ + cₖ) / (1 - Σp)).
 * Each success pays for the failed attempts before it, on average p / (1 - p) of them. It is the same whether the
 * failed tasks are tried again or given up: counted are the successes per thread time.
 *
 * @param serviceMs thread time of one good attempt
 */
export const idealGoodput = (threads: number, serviceMs: number, classes: readonly FaultClass[] = []): number =>
  (1000 * threads) / (serviceMs + faultOverheadMs(classes));

/** The second summand of that: Σ pₖ(dₖ + cₖ) / (1 - Σp), thread time lost to faults for each success. */
export function faultOverheadMs(classes: readonly FaultClass[]): number {
  const failing = classes.reduce((sum, { probability }) => sum + probability, 0);
  const lostMs = classes.reduce((sum, each) => sum + each.probability * (each.detectionMs + each.replacementMs), 0);
  return failing < 1 ? lostMs / (1 - failing) : Number.POSITIVE_INFINITY;
}

/** Chance that at least one of `attempts` attempts succeeds, each failing with probability `p`: 1 - p^A. */
export const successWithin = (attempts: number, p: number): number => 1 - p ** attempts;

/** Good attempts needed until `quorum` right answers agree, when each answer is corrupt with probability `q`: m / (1 - q). */
export const copiesForQuorum = (quorum: number, q: number): number => quorum / (1 - q);

/** Chance that two of three answers are wrong and agree, corrupt with probability `q`, two corrupt ones agreeing with `kappa`. */
export const wrongOfThree = (q: number, kappa: number): number => kappa * (3 * q ** 2 - 2 * q ** 3);
