import { copiesStarted } from '../../../src/plan/formulas/held-back.ts';
import { vote } from '../../../src/plan/formulas/voting.ts';
import { atLeast, type Effort, type Row } from '../comparison.ts';
import { voteRun } from '../trials/votes.ts';
import { estimate, means } from '../world/stats.ts';

/** How wrong answers come: alike by themselves, each in its own way, or one in five of them in all copies at once. */
const KINDS = [
  { kind: 'independent, alike', agree: 1, common: 0 },
  { kind: 'independent, all different', agree: 0, common: 0 },
  { kind: 'one in five strikes all copies', agree: 1, common: 0.2 },
] as const;

/** Two scales of corruption: drawn as it is, and a hundred times rarer, drawn as often and weighed. */
const SCALES = [
  { corrupt: 0.05, drawn: 0.05 },
  { corrupt: 5e-4, drawn: 0.05 },
] as const;

const POOL = { threads: 10, service: 10 } as const;
/** Whether copies are held back is much the same for tasks that come together: their means are independent, and they are not. */
const BATCHES = 20;

/** Mean number of copies that the plan expects. */
function expectedCopies(votes: Parameters<typeof vote>[0], load: number): number {
  const { replicas, quorum } = votes;
  const { copies: most, fewest, unanimous } = vote(votes);
  return copiesStarted({ replicas, quorum, most, fewest, unanimous, load, servers: POOL.threads, service: POOL.service });
}

/** Three copies at a load of 20 %, and two of two. */
export async function voteRows(effort: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [replicas, quorum] of [
    [3, 2],
    [2, 2],
  ] as const)
    for (const { kind, agree, common } of KINDS)
      for (const { corrupt, drawn } of SCALES) {
        const votes = { replicas, quorum, maxReplicas: replicas + 2, corrupt, agree, common };
        const run = await voteRun(effort.seed, {
          ...POOL,
          load: 0.2,
          ...votes,
          drawn,
          tasks: atLeast(400, 15_000, effort),
        });
        const expected = vote(votes);
        const what = `${replicas === 3 ? 'two of three' : 'two of two'}, ${corrupt * 100} % corrupt, ${kind}`;
        const where = { table: 'votes', x: corrupt, series: `${replicas} ${kind}`, exact: true } as const;
        rows.push({ ...where, what: `${what}: wrong`, unit: 'share', forecast: expected.wrong, simulated: estimate(run.wrong) });
        if (agree === 0)
          rows.push({
            ...where,
            what: `${what}: undecided`,
            unit: 'share',
            forecast: expected.undecided,
            simulated: estimate(run.undecided),
          });
        // Weights make copies noisy without need: they are common enough to be drawn as they are.
        if (drawn === corrupt)
          rows.push({
            ...where,
            what: `${what}: copies`,
            unit: 'copies',
            exact: false,
            forecast: expectedCopies(votes, 0.2),
            simulated: estimate(means(run.copies, BATCHES)),
          });
      }
  return rows;
}

/** How many of three copies start at other loads. */
export async function heldBackRows(effort: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  const votes = { replicas: 3, quorum: 2, maxReplicas: 5, corrupt: 0.01, agree: 1, common: 0 };
  for (const load of [0.1, 0.3, 0.4]) {
    const run = await voteRun(effort.seed, { ...POOL, load, ...votes, drawn: votes.corrupt, tasks: atLeast(400, 15_000, effort) });
    rows.push({
      table: 'held back',
      what: `two of three, load ${Math.round(load * 100)} %: copies`,
      unit: 'copies',
      x: load,
      exact: false,
      forecast: expectedCopies(votes, load),
      simulated: estimate(means(run.copies, BATCHES)),
    });
  }
  return rows;
}
