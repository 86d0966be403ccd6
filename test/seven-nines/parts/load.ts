import { hash32 } from '../../../src/core/random.ts';
import { ownQueueDelay, sharedQueueDelay } from '../../../src/plan/formulas/takeover.ts';
import { atLeast, type Effort, type Row, repeated } from '../comparison.ts';
import { ownQueueWindow } from '../trials/own-queue.ts';
import { sharedQueueWindow } from '../trials/shared-queue.ts';
import { estimate, scaled } from '../world/stats.ts';

export const LOADS = [0.6, 0.8, 0.9, 0.95] as const;
const LATE = 100;
const percent = (load: number): string => `${Math.round(load * 100)} %`;

/** Each node has a queue of its own, and 8 seconds pass until its successor serves it. */
export async function ownQueueRows(effort: Effort, loads: readonly number[] = LOADS): Promise<Row[]> {
  const rows: Row[] = [];
  for (const load of loads) {
    const setting = { fails: 'node', rate: 200, load, takeover: 8_000, late: LATE } as const;
    const outcomes = await repeated(atLeast(4, 16, effort), hash32(effort.seed, Math.round(load * 1_000)), (seed) =>
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

/** Ten nodes share one queue and one of them is lost: a spare takes over after half a second, or it comes back after five and a half. */
export async function sharedQueueRows(effort: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  for (const spares of [1, 0])
    for (const load of LOADS) rows.push(...(await sharedAt(effort, 'shared queue', { load, spares, threadsPerNode: 2, windows: 16 })));
  return rows;
}

/** What is lost for each thread stays the same if nodes are three times as large. */
export async function sharedScalingRows(effort: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  for (const threadsPerNode of [1, 2, 4])
    rows.push(...(await sharedAt(effort, 'shared scaling', { load: 0.95, spares: 0, threadsPerNode, windows: 8 })));
  return rows;
}

interface Shared {
  readonly load: number;
  readonly spares: number;
  readonly threadsPerNode: number;
  readonly windows: number;
}

async function sharedAt(effort: Effort, table: string, { load, spares, threadsPerNode, windows }: Shared): Promise<Row[]> {
  const nodes = 10;
  const setting = { nodes, threadsPerNode, load, service: SERVICE, noticed: NOTICED, repair: REPAIR, late: LATE, spares };
  const outcomes = await repeated(atLeast(4, windows, effort), effort.seed, (seed) => sharedQueueWindow(seed, setting));
  const outage = spares > 0 ? NOTICED : NOTICED + REPAIR;
  const expected = sharedQueueDelay({
    servers: nodes * threadsPerNode,
    lost: threadsPerNode,
    load,
    service: SERVICE,
    noticed: NOTICED,
    outage,
    late: LATE,
  });
  const scaling = table === 'shared scaling';
  const per = scaling ? nodes * threadsPerNode : 1;
  const what = scaling ? `10 nodes of ${threadsPerNode} threads` : `${percent(load)}, ${spares > 0 ? 'with' : 'without'} spares`;
  const where = { table, x: load, exact: false } as const;
  const series = spares > 0 ? 'with spares' : 'without spares';
  const late = scaled(estimate(outcomes.map((one) => one.late)), 1 / per);
  return [
    {
      ...where,
      what: `${what}: late events${scaling ? ' a thread' : ''}`,
      series: `late ${series}`,
      unit: 'events',
      forecast: expected.late / per,
      simulated: late,
    },
    {
      ...where,
      what: `${what}: time until whole`,
      series: `whole ${series}`,
      unit: 'ms',
      forecast: expected.whole,
      simulated: estimate(outcomes.map(({ whole }) => whole)),
    },
  ];
}
