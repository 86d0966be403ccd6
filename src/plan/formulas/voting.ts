/** How a vote is held, and what its copies are like. */
export interface Votes {
  readonly replicas: number;
  readonly quorum: number;
  readonly maxReplicas: number;
  /** Chance that a copy answers wrongly. */
  readonly corrupt: number;
  /** Chance that two wrong answers of one task are the same. */
  readonly agree: number;
  /** Share of the corruptions that strike all copies of a task alike. */
  readonly common: number;
}

/** Chances and copies of one task. */
export interface VoteOutcome {
  readonly wrong: number;
  readonly undecided: number;
  /** Copies that are started if all of `replicas` start at once, and more only where they are needed. */
  readonly copies: number;
  /** The same if only `quorum` start at once, and the others where the first ballots differ. */
  readonly fewest: number;
  /** Chance that the first `quorum` ballots agree. */
  readonly unanimous: number;
}

/**
 * Holds the vote on paper, ballot by ballot: right answers race with wrong ones that are alike, until one side has its quorum or `maxReplicas`
 * have voted. A wrong answer is the one that others give as well with chance sqrt(agree), so that two agree with chance `agree`; else it is alone.
 */
export function vote(votes: Votes): VoteOutcome {
  const { replicas, quorum, maxReplicas, corrupt, agree, common } = votes;
  if (maxReplicas === 1) return { wrong: corrupt, undecided: 0, copies: 1, fewest: 1, unanimous: 1 };
  // A common corruption strikes all copies; the others strike each copy by itself, and together they make `corrupt` for one copy.
  const all = corrupt * common;
  const single = all < 1 ? (corrupt - all) / (1 - all) : 0;
  const alike = single * Math.sqrt(agree);
  const chances = { right: 1 - single, alike, strange: single - alike };
  let [wrong, undecided, copies, unanimous] = [0, 0, 0, 0];
  /** By [right ballots, wrong ballots that are alike]. */
  let open = new Map<number, number>([[0, 1]]);
  for (let cast = 1; cast <= maxReplicas && open.size > 0; cast++) {
    const next = new Map<number, number>();
    const started = Math.max(replicas, cast);
    const settle = (right: number, bad: number, chance: number): void => {
      if (chance === 0) return;
      if (right < quorum && bad < quorum && cast < maxReplicas) {
        const state = right * (maxReplicas + 1) + bad;
        next.set(state, (next.get(state) ?? 0) + chance);
        return;
      }
      copies += chance * started;
      if (cast === quorum && Math.max(right, bad) === quorum) unanimous += chance;
      if (bad >= quorum) wrong += chance;
      else if (right < quorum) undecided += chance;
    };
    for (const [state, chance] of open) {
      const right = Math.floor(state / (maxReplicas + 1));
      const bad = state % (maxReplicas + 1);
      settle(right + 1, bad, chance * chances.right);
      settle(right, bad + 1, chance * chances.alike);
      settle(right, bad, chance * chances.strange);
    }
    open = next;
  }
  const started = all * replicas + (1 - all) * copies;
  const agreed = all + (1 - all) * unanimous;
  return {
    wrong: all + (1 - all) * wrong,
    undecided: (1 - all) * undecided,
    copies: started,
    fewest: started - agreed * (replicas - quorum),
    unanimous: agreed,
  };
}

/** The smallest odd number of copies whose majority answers wrongly in at most 10^-nines of the tasks; `undefined` up to 15. */
export function replicasFor(votes: Omit<Votes, 'replicas' | 'quorum' | 'maxReplicas'>, nines: number): number | undefined {
  for (let replicas = 1; replicas <= 15; replicas += 2) {
    const quorum = Math.floor(replicas / 2) + 1;
    const { wrong } = vote({ ...votes, replicas, quorum, maxReplicas: replicas === 1 ? 1 : replicas + 2 });
    if (wrong <= 10 ** -nines * (1 + 1e-9)) return replicas;
  }
  return undefined;
}
