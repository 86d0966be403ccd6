import type { PoolThread } from '../../../src/dispatch/threads/pool-thread.ts';
import type { PoolParts } from '../../../src/pool/compose.ts';
import type { World } from '../world/world.ts';

/** Milliseconds for which mail may lie unread at most before it is taken back; docs/scheduling.md. */
const MOST_PATIENCE = 1_000;

interface Leisure {
  readonly since: number;
  readonly lostBefore: number;
  readonly started: number;
}

/** No attempt waits behind a thread that does not get to it, long item or standstill, while another thread has nothing to do. */
export class ReliefCheck {
  readonly #world: World;
  readonly #idle = new Map<PoolThread, Leisure>();

  constructor(world: World) {
    this.#world = world;
  }

  look({ routes, life }: PoolParts): void {
    if (life.state !== 'open' || this.#world.climate.remote) return;
    const now = this.#world.clock.now();
    const { roster } = routes.main;
    const free: PoolThread[] = [];
    for (const thread of roster.slots) if (thread !== undefined && this.#hasBeenIdle(thread, now)) free.push(thread);
    if (free.length === 0) return;
    for (const thread of roster.slots) {
      const waits = thread?.phase === 'serving' ? this.#whoWaits(thread, free, now) : undefined;
      if (waits === undefined) continue;
      this.#world.fail(
        `task ${waits.id} has waited for ${Math.round(now - waits.since)} ms behind thread ${thread!.threadId}, and another had nothing to do`,
      );
    }
  }

  /** For longer than anything may lie where it is; time in which the main loop did nothing does not count. */
  #hasBeenIdle(thread: PoolThread, now: number): boolean {
    const { lostTime } = this.#world;
    const before = this.#idle.get(thread);
    if (!thread.idle || !thread.open) {
      this.#idle.delete(thread);
      return false;
    }
    if (before?.started === thread.started && before.lostBefore === lostTime) return now - before.since > this.#bound;
    this.#idle.set(thread, { since: now + this.#world.timeline.stillBlocked, lostBefore: lostTime, started: thread.started });
    return false;
  }

  get #bound(): number {
    return MOST_PATIENCE + 5 * this.#world.timerSlack + 20;
  }

  #whoWaits(thread: PoolThread, free: readonly PoolThread[], now: number): { readonly id: number; readonly since: number } | undefined {
    for (const bundle of thread.bundles) {
      if (bundle.state !== 'sent' || now - bundle.sentAt <= this.#bound) continue;
      for (let i = thread.standing(bundle).claimed; i < bundle.size; i++) {
        const attempt = bundle.attempts[i]!;
        const { kin, fresh } = attempt.placement ?? {};
        const other = free.some(({ key }) => kin?.barred.includes(key) !== true);
        if (thread.holds(attempt, bundle) && !attempt.movesMemory && fresh !== true && other)
          return { id: attempt.task.id, since: bundle.sentAt };
      }
    }
    return undefined;
  }
}
