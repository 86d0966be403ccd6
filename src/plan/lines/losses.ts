import { failureRate, longestTakeover, ninesOf, unavailability } from '../formulas/availability.ts';
import { lostAfter } from '../formulas/retries.ts';
import { type LineInput, line, type PlanLine } from '../line.ts';
import type { PlannedSystem } from '../options.ts';
import { timeText } from '../quantity/text.ts';
import { DAY } from '../quantity/time.ts';

const loses = (input: Omit<LineInput, 'section'>): PlanLine => line({ section: 'loses', ...input });

/** What fails, how often, and what that costs. */
export function losses(system: PlannedSystem): PlanLine[] {
  return [...nodeLosses(system), ...taskLosses(system)];
}

function nodeLosses({ nodes, rate, mtbf, takeover, nines }: PlannedSystem): PlanLine[] {
  const down = unavailability(mtbf, takeover);
  const longest = longestTakeover(mtbf, nines);
  const assumption = 'the events of a node wait for its successor, and for nothing else';
  return [
    loses({
      id: 'nodeFailures',
      title: 'node failures',
      value: failureRate(nodes, mtbf) * DAY,
      unit: 'a day',
      formula: 'nodes / mtbf',
      source: 'superposition',
      assumption: 'nodes fail independently of each other, and are replaced',
    }),
    loses({
      id: 'eventsHit',
      title: 'events that come while a failed node is taken over',
      value: (rate * takeover) / 1_000,
      unit: 'events',
      formula: 'rate · takeover, for each failure',
      source: 'arithmetic',
      assumption: 'events come evenly over time and over the nodes',
    }),
    loses({
      id: 'unavailability',
      title: 'unavailability by take-overs',
      value: down,
      unit: 'share',
      formula: 'takeover / (mtbf + takeover); the number of nodes cancels out',
      source: 'renewal',
      assumption,
    }),
    ...(takeover === 0
      ? []
      : [
          loses({
            id: 'ninesReached',
            title: 'nines that take-overs leave',
            value: ninesOf(down),
            unit: 'nines',
            formula: '-log10(unavailability)',
            source: 'arithmetic',
            assumption,
          }),
        ]),
    loses({
      id: 'longestTakeover',
      title: `longest take-over for ${nines} nines`,
      value: longest,
      unit: 'ms',
      formula: 'u · mtbf / (1 - u), u = 10^-nines',
      source: 'renewal',
      assumption,
      because:
        takeover > longest * (1 + 1e-9)
          ? `with a take-over in ${timeText(takeover)} a node must work for ${timeText(takeover * (10 ** nines - 1))} between failures`
          : undefined,
    }),
    loses({
      id: 'allowed',
      title: `time between two lost events at ${nines} nines`,
      value: (1_000 * 10 ** nines) / (nodes * rate),
      unit: 'ms',
      formula: '10^nines / (nodes · rate)',
      source: 'arithmetic',
      assumption: 'every event counts the same',
    }),
  ];
}

function taskLosses({ nodes, rate, crash, hang, poison, retries }: PlannedSystem): PlanLine[] {
  const p = crash + hang;
  if (p === 0 && poison === 0) return [];
  const lost = poison + (1 - poison) * lostAfter(p, retries + 1);
  const assumption =
    poison === 0 ? 'attempts fail independently: a bad input is not among them' : 'poisoned inputs fail always, the others independently';
  return [
    loses({
      id: 'tasksLost',
      title: `tasks that fail in spite of ${retries} retries`,
      value: lost,
      unit: 'share',
      formula: poison === 0 ? 'p^(retries + 1), p = crash + hang' : 'poison + (1 - poison) · p^(retries + 1), p = crash + hang',
      source: 'geometric',
      assumption:
        poison === 0
          ? 'attempts fail independently: a bad input is not among them'
          : 'poisoned inputs fail always, the others independently',
    }),
    loses({
      id: 'tasksLostRate',
      title: 'tasks that fail so',
      value: lost * nodes * rate * 86_400,
      unit: 'a day',
      formula: 'share · nodes · rate',
      source: 'arithmetic',
      assumption,
    }),
  ];
}
