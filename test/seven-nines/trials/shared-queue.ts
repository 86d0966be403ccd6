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
    const fleet = new Fleet({
      timeline,
      threadsPerNode,
      atOnce: threads + spares * threadsPerNode,
      boot: repair,
      perform: ({ task }) => {
        waits.started(task.input as Event);
        return { ms: exponential(random, service) };
      },
    });
    const limits = { retry: 1_000, timeout: Number.POSITIVE_INFINITY, terminateTimeout: 10 * noticed + 2_000 };
    const pool = stage.pool(fleet, { threads, spares: spares * threadsPerNode, ...limits });
    let inHand = 0;
    pool.on('retry', () => inHand++);
    stage.arrivals((load * threads) / service, Number.POSITIVE_INFINITY, stage.random(11), () => {
      const event = waits.event();
      void pool.run(event).then(() => waits.answered(event));
    });
    const relaxed = service / (1 - Math.sqrt(load)) ** 2 / threads;
    stage.run(20 * Math.max(service, relaxed));
    const before = { late: waits.late, at: timeline.now() };
    let full = true;
    pool.on('degraded', () => {
      full = false;
    });
    pool.on('recovered', () => {
      full = true;
    });
    fleet.kill(0, noticed);
    stage.run(before.at + noticed + 1);
    stage.run(Number.POSITIVE_INFINITY, () => full && waits.waiting === 0);
    const at = timeline.now();
    // Whoever is still open may be late, and comes to be counted only now.
    stage.run(at + 10 * service + late);
    return { inHand, late: waits.late - before.late, whole: at - before.at };
  });
}
