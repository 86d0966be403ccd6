import type { FaultPlan } from '../../../../src/faults/index.ts';
import type { RedundancyRules } from '../../../../src/policies/redundancy/rules.ts';

/** What a plan of corrupt results, and of nothing else, has in store for tasks with these rules. */
export interface Forecast {
  /** Ids of the tasks in which corrupt copies that agree reach the quorum. */
  readonly wrong: readonly number[];
  /** Ids of the tasks in which no copy does. */
  readonly undecided: readonly number[];
  /** Copies per task, if each is started only when it is known to be needed. */
  readonly copies: number;
}

/**
 * Holds every vote on paper. Without other faults copy r is attempt r + 1, so that the plan knows each ballot beforehand; and which
 * side has its quorum among the first copies does not depend on which is first.
 */
export function forecast(plan: FaultPlan, tasks: number, { replicas, quorum, maxReplicas }: RedundancyRules): Forecast {
  const wrong: number[] = [];
  const undecided: number[] = [];
  let copies = 0;
  for (let id = 1; id <= tasks; id++) {
    const votes = new Map<string, number>();
    let cast = 0;
    const leads = (side: string): boolean => (votes.get(side) ?? 0) >= quorum;
    const most = (): number => Math.max(0, ...votes.values());
    while (most() < quorum && cast < maxReplicas && (cast < replicas || most() + maxReplicas - cast >= quorum)) {
      const isCorrupt = plan.faultOf(id, cast + 1, cast) === 'corrupt';
      const side = isCorrupt ? (plan.plan.agree ? 'corrupt' : `corrupt ${cast}`) : 'right';
      votes.set(side, (votes.get(side) ?? 0) + 1);
      cast++;
    }
    copies += cast;
    if (leads('corrupt')) wrong.push(id);
    else if (!leads('right')) undecided.push(id);
  }
  return { wrong, undecided, copies: copies / tasks };
}

/** Two of three, each corrupt with probability q, and all corrupt ones agree: probability of a wrong answer. */
export const wrongOfThree = (q: number): number => 3 * q ** 2 - 2 * q ** 3;

/** Copies per task that two of two need, with up to four: a third where the first two differ, a fourth where all three do. */
export const copiesOfTwo = (q: number, agree: boolean): number => 2 + (agree ? 2 * q * (1 - q) : 1 - (1 - q) ** 2 + wrongOfThree(q));

/** How far a share measured on a number of tasks may lie from its probability: three standard deviations. */
export const error = (p: number, tasks: number): number => 3 * Math.sqrt((p * (1 - p)) / tasks);
