import { hash32 } from '../../../src/core/random.ts';
import { ownQueueDelay, sharedQueueDelay } from '../../../src/plan/formulas/takeover.ts';
import { atLeast, type Effort, type Row, repeated } from '../comparison.ts';
import { ownQueueWindow } from '../trials/own-queue.ts';
import { type Effect, idealWindow, sharedQueueWindows } from '../trials/shared-queue.ts';
import { controlled, type Estimate, estimate, scaled } from '../world/stats.ts';

export const LOADS = [0.6, 0.8, 0.9, 0.95] as const;
const LATE = 100;
const percent = (load: number): string => `${Math.round(load * 100)} %`;

/** Each node has a queue of its own, and 8 seconds pass until its successor serves it. */
export async function ownQueueRows(effort: Effort, loads: readonly number[] = LOADS): Promise<Row[]> {
  const rows: Row[] = [];
  for (const load of loads) {
    const setting = { fails: 'node', rate: 200, load, takeover: 8_000, late: LATE } as const;
    const outcomes = await repeated(atLeast(4, 10, effort), hash32(effort.seed, Math.round(load * 1_000)), (seed) =>
      ownQueueWindow(seed, setting),
    );
    const expected = ownQueueDelay({ rate: 0.2, load, outage: 8_000, late: LATE, service: 5 * load });
    const where = { table: 'own queue', x: load, exact: true } as const;
    rows.push(
      {
        ...where,
        what: `${percent(load)}: late events`,
        series: 'late',
        unit: 'events',
        forecast: expected.late,
        simulated: estimate(outcomes.map(({ late }) => late)),
      },
      {
        ...where,
        what: `${percent(load)}: time until whole`,
        series: 'whole',
        unit: 'ms',
        forecast: expected.whole,
        simulated: estimate(outcomes.map(({ whole }) => whole)),
      },
    );
  }
  return rows;
}

const SERVICE = 20;
const NOTICED = 500;
const REPAIR = 5_000;
/** Windows of a queue as books have it, which cost next to nothing. */
const IDEALS = 700;

/** Ten nodes share one queue and one of them is lost: a spare takes over after half a second, or it comes back after five and a half. */
export async function sharedQueueRows(effort: Effort, loads: readonly number[] = LOADS): Promise<Row[]> {
  const rows: Row[] = [];
  for (const load of loads) rows.push(...(await sharedAt(effort, 'shared queue', { load, spares: [1, 0], threadsPerNode: 2, windows: 6 })));
  return ['with spares', 'without spares'].flatMap((how) => rows.filter(({ series }) => series!.endsWith(` ${how}`)));
}

/** What is lost for each thread stays the same if nodes are four times as large. */
export async function sharedScalingRows(effort: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  for (const threadsPerNode of [1, 4])
    rows.push(...(await sharedAt(effort, 'shared scaling', { load: 0.95, spares: [0], threadsPerNode, windows: 4 })));
  return rows;
}

interface Shared {
  readonly load: number;
  readonly spares: readonly number[];
  readonly threadsPerNode: number;
  readonly windows: number;
}

async function sharedAt(effort: Effort, table: string, { load, spares, threadsPerNode, windows }: Shared): Promise<Row[]> {
  const nodes = 10;
  const setting = { nodes, threadsPerNode, load, service: SERVICE, noticed: NOTICED, repair: REPAIR, late: LATE };
  const outcomes = await repeated(atLeast(4, windows, effort), effort.seed, (seed) => sharedQueueWindows(seed, setting, spares));
  const ideals = atLeast(100, IDEALS, effort);
  const scaling = table === 'shared scaling';
  const per = scaling ? nodes * threadsPerNode : 1;
  return spares.flatMap((standBy, i): Row[] => {
    const outage = standBy > 0 ? NOTICED : NOTICED + REPAIR;
    const size = { servers: nodes * threadsPerNode, lost: threadsPerNode };
    const expected = sharedQueueDelay({ ...size, load, service: SERVICE, noticed: NOTICED, outage, late: LATE });
    const how = standBy > 0 ? 'with spares' : 'without spares';
    const what = scaling ? `10 nodes of ${threadsPerNode} threads` : `${percent(load)}, ${how}`;
    const where = { table, x: load, exact: false } as const;
    const many = Array.from({ length: ideals }, (_, k) => idealWindow(hash32(effort.seed, k, 1), setting, standBy));
    const found = (of: (effect: Effect) => number): Estimate =>
      controlled(
        outcomes.map((each) => [of(each[i]!.pool), of(each[i]!.ideal)]),
        many.map(of),
      );
    return [
      {
        ...where,
        what: `${what}: late events${scaling ? ' a thread' : ''}`,
        series: `late ${how}`,
        unit: 'events',
        forecast: expected.late / per,
        simulated: scaled(
          found(({ late }) => late),
          1 / per,
        ),
      },
      {
        ...where,
        what: `${what}: time until whole`,
        series: `whole ${how}`,
        unit: 'ms',
        forecast: expected.whole,
        simulated: found(({ whole }) => whole),
      },
    ];
  });
}
