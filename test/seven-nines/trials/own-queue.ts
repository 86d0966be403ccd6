import { Fleet } from '../world/fleet.ts';
import { exponential, staged } from '../world/stage.ts';
import { type Event, Waits } from '../world/waits.ts';

export interface OwnQueueSetting {
  /** Events a second. */
  readonly rate: number;
  readonly load: number;
  /** Milliseconds until the slot of the dead thread is filled again. */
  readonly takeover: number;
  readonly late: number;
}

/** What one failure did. */
export interface OwnQueueOutcome {
  /** Events that came while nobody served. */
  readonly hit: number;
  readonly late: number;
  /** Milliseconds from the failure until nothing was left to do. */
  readonly whole: number;
}

/** Mean service times that pass before the failure: from then on the queue is as it always is. */
const WARM_UP = 2_000;

/**
 * A window around one failure: a pool of one thread, a node with a queue of its own, is killed at a random moment, and its successor takes
 * `takeover` to be there.
 */
export function ownQueueWindow(seed: number, { rate, load, takeover, late }: OwnQueueSetting): Promise<OwnQueueOutcome> {
  return staged(seed, (stage) => {
    const { timeline } = stage;
    const service = (1_000 * load) / rate;
    const waits = new Waits(timeline, late);
    const random = stage.random(10);
    const fleet = new Fleet({
      timeline,
      threadsPerNode: 1,
      atOnce: 1,
      boot: takeover,
      perform: ({ task }) => {
        waits.started(task.input as Event);
        return { ms: exponential(random, service) };
      },
    });
    const pool = stage.pool(fleet, { threads: 1, retry: 1_000, terminateTimeout: 600_000, timeout: Number.POSITIVE_INFINITY });
    stage.arrivals(rate / 1_000, Number.POSITIVE_INFINITY, stage.random(11), () => {
      const event = waits.event();
      void pool.run(event).then(() => waits.answered(event));
    });
    const relaxed = service / (1 - Math.sqrt(load)) ** 2;
    stage.run(Math.max(WARM_UP * service, 20 * relaxed));
    const before = { came: waits.came, late: waits.late, at: timeline.now() };
    fleet.kill(0, 0);
    stage.run(before.at + takeover);
    const hit = waits.came - before.came;
    stage.run(Number.POSITIVE_INFINITY, () => waits.open === 0);
    return { hit, late: waits.late - before.late, whole: timeline.now() - before.at };
  });
}
