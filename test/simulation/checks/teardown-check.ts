import type { PoolEvents } from '../../../src/core/events.ts';
import type { SimThread } from '../world/sim-thread.ts';
import type { World } from '../world/world.ts';

/** Reasons for which only threads go that have nothing to do. */
const IDLE_ENDS: ReadonlySet<string> = new Set(['recycled', 'idle', 'outvoted']);

/** Whatever has a teardown is asked for it before it ends by plan, once, with nothing to do; and nothing is asked of a thread after anything else. */
export class TeardownCheck {
  readonly #world: World;
  readonly #asked = new Set<number>();
  /** Threads whose modules have one, and that have said that they are ready. */
  readonly #wanted = new Set<number>();
  #forced = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** Nothing is waited for from now on. */
  forced(): void {
    this.#forced = true;
  }

  wanted(threadId: number): void {
    this.#wanted.add(threadId);
  }

  asked({ threadId, body }: SimThread): void {
    this.#world.journal.note('tearDown', threadId);
    if (!this.#wanted.has(threadId)) this.#world.fail(`thread ${threadId} was asked for a teardown that it has not`);
    if (this.#asked.has(threadId)) this.#world.fail(`thread ${threadId} was asked for its teardown twice`);
    if (body.terminated) this.#world.fail(`thread ${threadId} was asked for its teardown after it had been terminated`);
    if (body.alive && body.current !== undefined) this.#world.fail(`thread ${threadId} was asked for its teardown while it ran a task`);
    if (this.#forced) this.#world.fail(`thread ${threadId} was asked for its teardown although the pool was closed by force`);
    this.#asked.add(threadId);
  }

  sent(threadId: number): void {
    if (this.#asked.has(threadId)) this.#world.fail(`work was sent to thread ${threadId}, which had been asked for its teardown`);
  }

  ended({ threadId, reason }: PoolEvents['workerExit']): void {
    const due = this.#wanted.has(threadId) && IDLE_ENDS.has(reason) && !this.#forced;
    if (due && !this.#asked.has(threadId)) this.#world.fail(`thread ${threadId} has ended as ${reason} without its teardown`);
  }
}
