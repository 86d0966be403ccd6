import type { PoolParts } from '../../../src/pool/compose.ts';
import type { World } from '../world/world.ts';

/** A look of the pool at what waits comes every 10 ms, late timers aside; a thread that is expected has 50 ms. */
const BOUND = 150;
/** Time between two events that counts at most: the pool may have been blocked all the while. */
const STEP = 15;

/** No task waits while the pool could have more threads, unless the last attempt to have one has failed. */
export class GrowthCheck {
  readonly #world: World;
  #waited = 0;
  #lookedAt = 0;
  #heldUntil = Number.NEGATIVE_INFINITY;

  constructor(world: World) {
    this.#world = world;
  }

  startFailed(): void {
    // The pool waits while it lives: the time in which the whole program is stopped does not count.
    this.#heldUntil = this.#world.timeline.insideNow + this.#world.climate.pool.restart!.maxTimeout!;
  }

  look(pool: PoolParts): void {
    const { elastic, timeline, climate } = this.#world;
    if (elastic === undefined) return;
    const now = timeline.now();
    // Threads do this and that while the main loop stands still: none of it is a moment in which the pool could have acted.
    const step = now <= timeline.blockedUntil ? 0 : Math.min(now - this.#lookedAt, STEP);
    this.#lookedAt = now;
    const { roster, backlog } = pool.routes.main;
    const grows = roster.free === 0 || roster.unfilled > 0 || roster.expects();
    const idle = roster.slots.some((thread) => thread?.idle && thread.phase === 'serving');
    if (pool.life.state !== 'open' || backlog.size === 0 || grows || idle || timeline.insideNow < this.#heldUntil) this.#waited = 0;
    else this.#waited += step;
    if (this.#waited > BOUND + 20 * climate.lateTimers)
      this.#world.fail(
        `${backlog.size} attempts have waited for ${Math.round(this.#waited)} ms, and the pool could grow by ${roster.free}`,
      );
  }
}
