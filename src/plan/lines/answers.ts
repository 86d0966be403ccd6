import { copiesStarted } from '../formulas/held-back.ts';
import { replicasFor, vote } from '../formulas/voting.ts';
import { type LineInput, line, type PlanLine } from '../line.ts';
import type { PlannedSystem } from '../options.ts';
import { shareText } from '../quantity/text.ts';

const answers = (input: Omit<LineInput, 'section'>): PlanLine => line({ section: 'answers wrongly', ...input });

/** The vote that a system holds. */
export function votesOf({ replicas, quorum, corrupt, agree, common }: PlannedSystem): Parameters<typeof vote>[0] {
  return { replicas, quorum, maxReplicas: replicas === 1 ? 1 : replicas + 2, corrupt, agree, common };
}

/** Threads that serve one queue, where that is known. */
export const serversOf = ({ nodes, rate, service = 0, load = 1 }: PlannedSystem): number =>
  Math.max(1, Math.round((nodes * rate * service) / 1_000 / load));

/** Copies that a task starts: at this load, and at the highest, where all that the quorum can do without is held back. */
export function copiesOf(system: PlannedSystem): { readonly mean: number; readonly fewest: number } {
  const { replicas, quorum, crash, hang, load, service } = system;
  const { copies, fewest: agreeing, unanimous } = vote(votesOf(system));
  // A copy that fails calls up the others as well.
  const whole = (1 - crash - hang) ** quorum;
  const fewest = agreeing + unanimous * (1 - whole) * (replicas - quorum);
  if (load === undefined || service === undefined) return { mean: copies, fewest };
  const pool = { servers: serversOf(system), load, service };
  return { mean: copiesStarted({ replicas, quorum, most: copies, fewest, unanimous: unanimous * whole, ...pool }), fewest };
}

/** What silently wrong answers do, and what copies change in it. */
export function wrongAnswers(system: PlannedSystem): PlanLine[] {
  const { replicas, quorum, corrupt, agree, common, nines, load, service } = system;
  if (corrupt === 0 && replicas === 1) return [];
  const outcome = vote(votesOf(system));
  const { mean: copies } = copiesOf(system);
  const holdsBack = load !== undefined && service !== undefined && replicas > quorum;
  const assumption =
    common === 0
      ? 'copies go wrong independently: other threads, other cores, other machines'
      : `${shareText(common)} of the corruptions strike all copies alike`;
  const source = common === 0 ? 'tmr' : 'common';
  const needed = replicasFor({ corrupt, agree, common }, nines);
  return [
    answers({
      id: 'wrong',
      title: replicas === 1 ? 'wrong answers' : `wrong answers with ${replicas} copies, ${quorum} equal ones win`,
      value: outcome.wrong,
      unit: 'share',
      formula: replicas === 1 ? 'corrupt' : `P(wrong and alike reach ${quorum} first); 3q² - 2q³ for two of three that are alike`,
      source,
      assumption: replicas === 1 ? 'results are not compared' : assumption,
    }),
    ...(replicas === 1
      ? []
      : [
          answers({
            id: 'undecided',
            title: 'tasks without a verdict',
            value: outcome.undecided,
            unit: 'share',
            formula: `P(no value has ${quorum} of ${replicas + 2})`,
            source,
            assumption: `two wrong answers are alike with chance ${shareText(agree)}`,
          }),
          answers({
            id: 'copies',
            title: 'copies a task',
            value: copies,
            unit: 'copies',
            formula: holdsBack
              ? `E[max(replicas, ballots)], less what is held back: P(no thread is idle) · P(the first ${quorum} agree before the pool looks again) · ${replicas - quorum}; M^[X]/M/c`
              : 'E[max(replicas, ballots)]',
            source: holdsBack ? 'bulk' : source,
            assumption: holdsBack
              ? 'tasks come at random, times are exponential, one queue for all; the load that was given is that of single tasks'
              : 'all replicas start at once; more only where they conflict',
          }),
        ]),
    ...(load === undefined || replicas === 1
      ? []
      : [
          answers({
            id: 'loadWithCopies',
            title: 'load with copies',
            value: load * copies,
            unit: 'share',
            formula: 'load · copies',
            source: 'arithmetic',
            assumption: 'the load that was given is that of single tasks',
            because: load * copies >= 1 ? `${copies.toFixed(2)} copies of each task do not fit` : undefined,
          }),
        ]),
    answers({
      id: 'replicas',
      title: `copies for ${nines} nines of right answers`,
      value: needed,
      unit: 'copies',
      formula: 'smallest odd m whose majority is wrong in at most 10^-nines',
      source,
      assumption,
      because:
        needed !== undefined
          ? undefined
          : common * corrupt > 10 ** -nines
            ? `${shareText(common * corrupt)} of the answers are wrong in all copies alike, and no number of copies sees that`
            : 'more than 15 copies would be needed',
    }),
  ];
}
