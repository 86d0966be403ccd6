import type { PoolEvents } from '../../../src/core/events.ts';
import type { Home } from '../world/home.ts';
import type { World } from '../world/world.ts';

/** Reasons that can make a death unproductive. */
const FAULTS: ReadonlySet<string> = new Set(['crash', 'exit', 'oom', 'startup', 'lateError', 'unresponsive', 'orphan', 'reclaimed']);

/**
 * Restart intensity, counted a second time, for each place by itself. Which deaths were unproductive only the pool knows exactly; failed starts always are,
 * and nothing else than a fault can be.
 */
export class RestartCheck {
  readonly #world: World;
  readonly #starts = new Map<Home, number[]>();
  readonly #faults = new Map<Home, number[]>();
  #failed = false;

  constructor(world: World) {
    this.#world = world;
  }

  exit({ reason }: PoolEvents['workerExit'], home: Home): void {
    const now = this.#world.clock.now();
    if (reason === 'startup') add(this.#starts, home, now);
    if (FAULTS.has(reason)) add(this.#faults, home, now);
  }

  failed(): void {
    this.#failed = true;
    const { intensity = 5 } = this.#world.climate.pool.restart!;
    const count = this.#most(this.#faults);
    if (count <= intensity) this.#world.fail(`the pool has failed after ${count} deaths within the window; ${intensity} are allowed`);
  }

  /** Between two events: too many failed starts, and the pool goes on. */
  look(closing: boolean): void {
    const { intensity = 5 } = this.#world.climate.pool.restart!;
    // Threads that only could not be added do not count.
    if (this.#failed || closing || this.#starts.size === 0 || this.#world.elastic !== undefined) return;
    const count = this.#most(this.#starts);
    if (count > intensity)
      this.#world.fail(`${count} starts have failed within the window; ${intensity} are allowed, and the pool goes on`);
  }

  /** How many are within the window, where they are most. */
  #most(all: Map<Home, number[]>): number {
    const since = this.#world.clock.now() - this.#world.climate.pool.restart!.within!;
    let most = 0;
    for (const times of all.values()) {
      while (times.length > 0 && times[0]! <= since) times.shift();
      most = Math.max(most, times.length);
    }
    return most;
  }
}

function add(all: Map<Home, number[]>, home: Home, now: number): void {
  const times = all.get(home);
  if (times === undefined) all.set(home, [now]);
  else times.push(now);
}
