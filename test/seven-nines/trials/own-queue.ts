import type { PoolParts } from '../../../src/pool/compose.ts';
import { Fleet } from '../world/fleet.ts';
import { type Crew, exponential, type Stage, staged } from '../world/stage.ts';
import { type Event, Waits } from '../world/waits.ts';
import { Workers } from '../world/workers.ts';

export interface OwnQueueSetting {
  /** What fails: a node, which vanishes without a word and whose place a node that stands by takes; or a thread, whose death is noticed at once, and which is replaced. */
  readonly fails: 'node' | 'thread';
  /** Events a second. */
  readonly rate: number;
  readonly load: number;
  /** Milliseconds until another serves in its place. */
  readonly takeover: number;
  readonly late: number;
}

/** What one failure did. */
export interface OwnQueueOutcome {
  /** Events that came while no node served. */
  readonly hit: number;
  readonly late: number;
  /** Milliseconds from the failure until nothing was left to do. */
  readonly whole: number;
}

/** Mean service times that pass before the failure: from then on the queue is as it always is. */
const WARM_UP = 2_000;

interface Victim {
  readonly crew: Crew;
  readonly spares: number;
  /** @param failed is called when it has */
  fail(parts: PoolParts, failed: () => void): void;
}

function victimOf({ timeline }: Stage, { fails, takeover }: OwnQueueSetting, ms: () => number, began: (event: number) => void): Victim {
  if (fails === 'thread') {
    const perform = ({ task }: { readonly task: { readonly input: unknown } }): { ms: number } => {
      began(task.input as number);
      return { ms: ms() };
    };
    const crew = new Workers({ timeline, atOnce: 1, boot: takeover, perform });
    return {
      crew,
      spares: 0,
      fail: (_, failed) => {
        crew.kill();
        failed();
      },
    };
  }
  const perform = (event: number): { ms: number; outcome: 'returns' } => {
    began(event);
    return { ms: ms(), outcome: 'returns' };
  };
  const crew = new Fleet({ timeline, nodes: 2, threadsPerNode: 1, noticed: takeover, perform });
  return { crew, spares: 1, fail: (parts, failed) => crew.kill(parts.routes.main.roster.slots[0]!.handle.home!, failed) };
}

/** A window around one failure: a pool of one thread, with a queue of its own, whose thread or node is lost and replaced. */
export function ownQueueWindow(seed: number, setting: OwnQueueSetting): Promise<OwnQueueOutcome> {
  const { rate, load, takeover, late } = setting;
  return staged(seed, (stage) => {
    const { timeline } = stage;
    const service = (1_000 * load) / rate;
    const waits = new Waits(timeline, late);
    const random = stage.random(10);
    const events: Event[] = [];
    const began = (event: number): void => waits.started(events[event]!);
    const { crew, spares, fail } = victimOf(stage, setting, () => exponential(random, service), began);
    let parts!: PoolParts;
    const options = { threads: 1, spares, retry: 1_000, terminateTimeout: 600_000, timeout: Number.POSITIVE_INFINITY };
    const pool = stage.pool(crew, options, (joined) => {
      parts = joined;
    });
    stage.arrivals(rate / 1_000, Number.POSITIVE_INFINITY, stage.random(11), () => {
      const event = waits.event();
      events.push(event);
      void pool.run(events.length - 1).then(() => waits.answered(event));
    });
    const relaxed = service / (1 - Math.sqrt(load)) ** 2;
    stage.run(Math.max(WARM_UP * service, 6 * relaxed));
    const before = { came: -1, late: 0, at: 0 };
    fail(parts, () => Object.assign(before, { came: waits.came, late: waits.late, at: timeline.now() }));
    stage.run(Number.POSITIVE_INFINITY, () => before.came >= 0);
    stage.run(before.at + takeover);
    const hit = waits.came - before.came;
    stage.run(Number.POSITIVE_INFINITY, () => waits.open === 0);
    return { hit, late: waits.late - before.late, whole: timeline.now() - before.at };
  });
}
