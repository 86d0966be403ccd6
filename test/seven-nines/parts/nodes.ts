import { hash32 } from '../../../src/core/random.ts';
import { longestTakeover, unavailability } from '../../../src/plan/formulas/availability.ts';
import { ownQueueDelay } from '../../../src/plan/formulas/takeover.ts';
import { YEAR } from '../../../src/plan/quantity/time.ts';
import { atLeast, type Effort, type Row, repeated } from '../comparison.ts';
import { ownQueueWindow } from '../trials/own-queue.ts';
import { randomFailures } from '../trials/random-failures.ts';
import { estimate, scaled } from '../world/stats.ts';

export const TEXT = { nodes: 1_000, rate: 1_000, mtbf: 3 * YEAR, takeover: 8_000, load: 0.6 } as const;
const LATE = 100;

/**
 * The failure is forced, and weighs what a failure weighs: one in 3 years. Between failures nothing is lost, so the share of events that are hit is
 * the mean number that a failure hits, over the mean number that come between two failures.
 */
export async function takeoverRows(
  effort: Effort,
  fails: 'node' | 'thread',
  takeover: number,
  what: string,
  windows: number,
  rate: number = TEXT.rate,
): Promise<Row[]> {
  const { mtbf, load } = TEXT;
  const outcomes = await repeated(windows, hash32(effort.seed, Math.round(takeover)), (seed) =>
    ownQueueWindow(seed, { fails, rate, load, takeover, late: LATE }),
  );
  const between = (rate * (mtbf + takeover)) / 1_000;
  const expected = ownQueueDelay({ rate: rate / 1_000, load, outage: takeover, late: LATE, service: (1_000 * load) / rate });
  const table = 'text';
  const hit = estimate(outcomes.map((outcome) => outcome.hit));
  return [
    { table, what: `${what}: events hit by a failure`, unit: 'events', forecast: (rate * takeover) / 1_000, simulated: hit, exact: true },
    {
      table,
      what: `${what}: unavailability`,
      unit: 'share',
      forecast: unavailability(mtbf, takeover),
      simulated: scaled(hit, 1 / between),
      exact: true,
    },
    {
      table,
      what: `${what}: events later than 100 ms`,
      unit: 'events',
      forecast: expected.late,
      simulated: estimate(outcomes.map(({ late }) => late)),
      exact: true,
    },
    {
      table,
      what: `${what}: time until whole`,
      unit: 'ms',
      forecast: expected.whole,
      simulated: estimate(outcomes.map(({ whole }) => whole)),
      exact: true,
    },
  ];
}

/** The text's 8 seconds, and the longest that seven nines allow. */
export async function textRows(effort: Effort): Promise<Row[]> {
  const windows = atLeast(4, 6, effort);
  const longest = longestTakeover(TEXT.mtbf, 7);
  return [
    ...(await takeoverRows(effort, 'node', TEXT.takeover, '8 s', windows)),
    ...(await takeoverRows(effort, 'node', longest, '9.46 s', windows)),
  ];
}

/** Nodes, and milliseconds between two failures of one. */
type Scale = readonly [nodes: number, mtbf: number];

const SCALES: readonly Scale[] = [
  [10, 10_000],
  [40, 10_000],
  [10, 40_000],
  [40, 40_000],
];

/** Failures at random, at two scales of nodes and two of their failures: unavailability · (mtbf + takeover) / takeover is 1 in all. */
export async function scalingRows(effort: Effort, scales: readonly Scale[] = SCALES): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [nodes, mtbf] of scales) {
    const takeover = 800;
    const time = Math.max(0.2, effort.share) * 200_000;
    const { shares } = await randomFailures(effort.seed, { nodes, rate: 10, load: 0.6, mtbf, takeover, time });
    rows.push({
      table: 'scaling',
      what: `${nodes} nodes that fail every ${mtbf / 1_000} s`,
      unit: 'times',
      forecast: 1,
      simulated: scaled(estimate(shares), 1 / unavailability(mtbf, takeover)),
      exact: true,
    });
  }
  return rows;
}
