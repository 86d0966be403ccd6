import type { PoolParts } from '../../../src/pool/compose.ts';
import type { Pool } from '../../../src/pool/pool.ts';
import { Fleet } from '../world/fleet.ts';
import { IdealQueue, type Outage, Stream } from '../world/ideal-queue.ts';
import { exponential, randomOf, type Stage, staged } from '../world/stage.ts';
import { type Event, Waits } from '../world/waits.ts';

export interface SharedQueueSetting {
  readonly nodes: number;
  readonly threadsPerNode: number;
  readonly load: number;
  /** Milliseconds: mean service time, detection of the loss, repair, and what counts as late. */
  readonly service: number;
  readonly noticed: number;
  readonly repair: number;
  readonly late: number;
}

/** What the loss did. */
export interface Effect {
  /** Events that were late, less those that were late without the loss. */
  readonly late: number;
  /** Milliseconds until every slot is filled and nothing waits. */
  readonly whole: number;
}

/** What it did to the pool, and to a queue as books have it, with the same events. */
export interface SharedQueueOutcome {
  readonly pool: Effect;
  readonly ideal: Effect;
}

/** After this many times as long as it remembers, the queue is as it always is. */
const WARM_UP = 6;

const warmUp = ({ load, service, threads }: { load: number; service: number; threads: number }): number =>
  WARM_UP * Math.max(service, service / (1 - Math.sqrt(load)) ** 2 / threads);

interface World {
  readonly stage: Stage;
  readonly fleet: Fleet;
  readonly pool: Pool;
  readonly parts: PoolParts;
  readonly waits: Waits;
  readonly events: readonly Event[];
}

/** A pool whose threads share one queue. What comes, and how long each event takes, depends on the seed only, and not on what happens to the nodes. */
function worldOf(stage: Stage, { nodes, threadsPerNode, load, service, noticed, late }: SharedQueueSetting, spares: number): World {
  const { timeline } = stage;
  const random = stage.random(10);
  const threads = nodes * threadsPerNode;
  const waits = new Waits(timeline, late);
  const events: Event[] = [];
  const takes: number[] = [];
  const fleet = new Fleet({
    timeline,
    nodes: nodes + spares,
    threadsPerNode,
    noticed,
    perform: (event) => {
      waits.started(events[event]!);
      return { ms: takes[event]!, outcome: 'returns' };
    },
  });
  const limits = { retry: 1_000, timeout: Number.POSITIVE_INFINITY, terminateTimeout: 10 * noticed + 2_000 };
  let parts!: PoolParts;
  const pool = stage.pool(fleet, { threads, spares: spares * threadsPerNode, ...limits }, (joined) => {
    parts = joined;
  });
  stage.arrivals((load * threads) / service, Number.POSITIVE_INFINITY, stage.random(11), () => {
    const event = waits.event();
    takes.push(exponential(random, service));
    events.push(event);
    void pool.run(events.length - 1).then(() => waits.answered(event));
  });
  stage.run(warmUp({ load, service, threads }));
  return { stage, fleet, pool, parts, waits, events };
}

interface Course {
  readonly lostAt: number;
  readonly whole: number;
  /** When it was whole, and how many events had come. */
  readonly until: number;
  readonly came: number;
  readonly events: readonly Event[];
}

/** One node is lost. */
function withLoss(seed: number, setting: SharedQueueSetting, spares: number): Promise<Course> {
  const { service, noticed, repair, late } = setting;
  return staged(seed, (stage) => {
    const { timeline } = stage;
    const { fleet, pool, parts, waits, events } = worldOf(stage, setting, spares);
    let lostAt = -1;
    fleet.kill(parts.routes.main.roster.slots[0]!.handle.home!, () => {
      lostAt = timeline.now();
    });
    stage.run(Number.POSITIVE_INFINITY, () => lostAt >= 0);
    timeline.arrive(() => fleet.join(), noticed + repair); // Its repair.
    let full = true;
    pool.on('degraded', () => {
      full = false;
    });
    pool.on('recovered', () => {
      full = true;
    });
    stage.run(lostAt + noticed + 1);
    stage.run(Number.POSITIVE_INFINITY, () => full && waits.waiting === 0);
    const [until, came] = [timeline.now(), waits.came];
    // What is still open may be late.
    stage.run(until + 10 * service + late);
    return { lostAt, whole: until - lostAt, until, came, events };
  });
}

/** The same events on the same nodes, none of which is lost. */
function withoutLoss(seed: number, setting: SharedQueueSetting, until: number): Promise<readonly Event[]> {
  return staged(seed, (stage) => {
    const { events } = worldOf(stage, setting, 0);
    stage.run(until + 10 * setting.service + setting.late);
    return events;
  });
}

const lateOf = (events: readonly Event[], came: number, late: number): number =>
  events.slice(0, came).filter(({ cameAt, startedAt }) => startedAt - cameAt > late).length;

const outageOf = ({ threadsPerNode, noticed, repair }: SharedQueueSetting, spares: number, at: number): Outage => ({
  at,
  servers: threadsPerNode,
  noticed,
  back: spares > 0 ? noticed : noticed + repair,
});

/** The events of this seed, as the pool gets them. */
function streamOf(seed: number, { nodes, threadsPerNode, load, service }: SharedQueueSetting): Stream {
  const [gaps, times] = [randomOf(seed, 11), randomOf(seed, 10)];
  const gap = service / (load * nodes * threadsPerNode);
  return new Stream(
    () => exponential(gaps, gap),
    () => exponential(times, service),
  );
}

function idealEffect(seed: number, setting: SharedQueueSetting, spares: number, lostAt: number): Effect {
  const { nodes, threadsPerNode, late } = setting;
  const stream = streamOf(seed, setting);
  const servers = nodes * threadsPerNode;
  const { startedAt, wholeAt } = new IdealQueue(servers, stream).run(outageOf(setting, spares, lostAt));
  const usual = new IdealQueue(servers, stream).usual(startedAt.length);
  const waitsLong = (start: number, event: number): number => Number(start - stream.cameAt(event) > late);
  const more = startedAt.reduce((sum, start, event) => sum + waitsLong(start, event) - waitsLong(usual[event]!, event), 0);
  return { late: more, whole: wholeAt - lostAt };
}

/**
 * Windows around the loss of one node out of a pool, with each of these numbers of nodes that stand by. The same is simulated without the loss, and with the same events (common random
 * numbers): so what is late in any case at this load does not blur what the loss does.
 */
export async function sharedQueueWindows(
  seed: number,
  setting: SharedQueueSetting,
  spares: readonly number[],
): Promise<SharedQueueOutcome[]> {
  const losses: Course[] = [];
  for (const each of spares) losses.push(await withLoss(seed, setting, each));
  const usual = await withoutLoss(seed, setting, Math.max(...losses.map(({ until }) => until)));
  const { late } = setting;
  return losses.map(({ lostAt, whole, came, events }, i) => ({
    pool: { late: lateOf(events, came, late) - lateOf(usual, came, late), whole },
    ideal: idealEffect(seed, setting, spares[i]!, lostAt),
  }));
}

/** The loss of one node of a queue as books have it, with events of its own. */
export function idealWindow(seed: number, setting: SharedQueueSetting, spares: number): Effect {
  const { nodes, threadsPerNode } = setting;
  return idealEffect(seed, setting, spares, warmUp({ ...setting, threads: nodes * threadsPerNode }));
}
