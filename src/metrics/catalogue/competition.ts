import type { LabelCounts, TaskTally } from '../../core/counting/tally.ts';
import type { PoolEvents } from '../../core/events.ts';
import type { MetricsSource } from '../source.ts';
import { counted, counter, type MetricEntry, perTask, type Sample } from './entry.ts';

const VERDICTS: readonly PoolEvents['conflict']['verdict'][] = ['extra', 'quorum', 'resolved', 'none'];
const BALLOT_RESULTS = ['agreed', 'outvoted', 'undecided', 'late_outvoted', 'broken'] as const;

/** Only exports that have been run in such a way have the series: the others would have them for nothing. */
function ofThose(
  source: MetricsSource,
  had: (tally: TaskTally) => boolean,
  read: (tally: TaskTally) => { label: string; known: readonly string[]; counts: LabelCounts },
): Sample[] {
  return perTask(source, (tally, labels) => {
    if (!had(tally)) return [];
    const { label, known, counts } = read(tally);
    return counted(label, known, counts, labels);
  });
}

export const COMPETITION: readonly MetricEntry[] = [
  counter({
    name: 'conflicts_total',
    labels: ['task', 'module', 'verdict'],
    help: 'Disagreements between copies of a task, by how they went on.',
    read: (source) =>
      ofThose(
        source,
        (tally) => tally.votes,
        ({ conflicts }) => ({ label: 'verdict', known: VERDICTS, counts: conflicts }),
      ),
  }),
  counter({
    name: 'ballots_total',
    labels: ['task', 'module', 'result'],
    help: 'Ballots of redundant tasks, by how they compared with the verdict.',
    read: (source) =>
      ofThose(
        source,
        (tally) => tally.votes,
        ({ ballots }) => ({ label: 'result', known: BALLOT_RESULTS, counts: ballots }),
      ),
  }),
  counter({
    name: 'hedges_total',
    labels: ['task', 'module', 'won'],
    help: 'Hedged copies, by whether the copy finished first.',
    read: (source) =>
      ofThose(
        source,
        (tally) => tally.hedged,
        ({ hedges }) => ({ label: 'won', known: ['true', 'false'], counts: hedges }),
      ),
  }),
];
