import type { PoolParts } from '../../../src/pool/compose.ts';
import { Fleet } from '../world/fleet.ts';
import { exponential, staged } from '../world/stage.ts';
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
  /** Nodes that stand by. */
  readonly spares: number;
}

export interface SharedQueueOutcome {
  /** Events that the dead node had in hand. */
  readonly inHand: number;
  readonly late: number;
  /** Milliseconds until every slot is filled and nothing waits. */
  readonly whole: number;
}

/** A window around the loss of one node out of a pool whose threads share one queue. */
export function sharedQueueWindow(seed: number, setting: SharedQueueSetting): Promise<SharedQueueOutcome> {
  const { nodes, threadsPerNode, load, service, noticed, repair, late, spares } = setting;
  return staged(seed, (stage) => {
    const { timeline } = stage;
    const random = stage.random(10);
    const threads = nodes * threadsPerNode;
    const waits = new Waits(timeline, late);
    const events: Event[] = [];
    const fleet = new Fleet({
      timeline,
      nodes: nodes + spares,
      threadsPerNode,
      noticed,
      perform: (event) => {
        waits.started(events[event]!);
        return { ms: exponential(random, service), outcome: 'returns' };
      },
    });
    const limits = { retry: 1_000, timeout: Number.POSITIVE_INFINITY, terminateTimeout: 10 * noticed + 2_000 };
    let parts!: PoolParts;
    const pool = stage.pool(fleet, { threads, spares: spares * threadsPerNode, ...limits }, (joined) => {
      parts = joined;
    });
    let inHand = 0;
    pool.on('retry', () => inHand++);
    stage.arrivals((load * threads) / service, Number.POSITIVE_INFINITY, stage.random(11), () => {
      const event = waits.event();
      events.push(event);
      void pool.run(events.length - 1).then(() => waits.answered(event));
    });
    const relaxed = service / (1 - Math.sqrt(load)) ** 2 / threads;
    stage.run(20 * Math.max(service, relaxed));
    const before = { late: 0, at: -1 };
    fleet.kill(parts.routes.main.roster.slots[0]!.handle.home!, () => Object.assign(before, { late: waits.late, at: timeline.now() }));
    stage.run(Number.POSITIVE_INFINITY, () => before.at >= 0);
    timeline.arrive(() => fleet.join(), noticed + repair); // Its repair.
    let full = true;
    pool.on('degraded', () => {
      full = false;
    });
    pool.on('recovered', () => {
      full = true;
    });
    stage.run(before.at + noticed + 1);
    stage.run(Number.POSITIVE_INFINITY, () => full && waits.waiting === 0);
    const at = timeline.now();
    // Whoever is still open may be late, and comes to be counted only now.
    stage.run(at + 10 * service + late);
    return { inHand, late: waits.late - before.late, whole: at - before.at };
  });
}
