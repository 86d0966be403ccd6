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
  /** Places of the escalation in which too many starts have failed: nothing is started there any more, and the pool goes on without. */
  readonly #spent = new Set<Home>();
  /** Threads that have exited, and whose end had been asked for when they had said that they were ready, unheard. */
  readonly condemned: Set<number> = new Set();
  #failed = false;

  constructor(world: World) {
    this.#world = world;
  }

  exit({ reason, threadId }: PoolEvents['workerExit'], home: Home): void {
    const now = this.#world.clock.now();
    if (FAULTS.has(reason)) add(this.#faults, home, now);
    if (reason !== 'startup') return;
    if (this.condemned.has(threadId)) this.#world.fail(`thread ${threadId} was given up for its start, and it had said that it was ready`);
    add(this.#starts, home, now);
    if (home.place === 'escalation' && this.#within(this.#starts.get(home)!) > this.#intensity) this.#spent.add(home);
  }

  started(home: Home): void {
    // Threads that only could not be added do not count.
    if (this.#spent.has(home) && this.#world.elastic === undefined)
      this.#world.fail('a cell was started where more starts than are allowed had failed');
  }

  failed(): void {
    this.#failed = true;
    const count = this.#most(this.#faults);
    if (count <= this.#intensity)
      this.#world.fail(`the pool has failed after ${count} deaths within the window; ${this.#intensity} are allowed`);
  }

  /** Between two events: too many failed starts, and the pool goes on. */
  look(closing: boolean): void {
    // Threads that only could not be added do not count.
    if (this.#failed || closing || this.#starts.size === 0 || this.#world.elastic !== undefined) return;
    const count = this.#most(this.#starts);
    if (count > this.#intensity)
      this.#world.fail(`${count} starts have failed within the window; ${this.#intensity} are allowed, and the pool goes on`);
  }

  get #intensity(): number {
    return this.#world.climate.pool.restart!.intensity ?? 5;
  }

  /** How many are within the window, of the pool's own threads: where cells cannot be had, the attempts that need them fail, and nothing else. */
  #most(all: Map<Home, number[]>): number {
    let most = 0;
    for (const [{ place }, times] of all) if (place === 'pool') most = Math.max(most, this.#within(times));
    return most;
  }

  #within(times: number[]): number {
    const since = this.#world.clock.now() - this.#world.climate.pool.restart!.within!;
    while (times.length > 0 && times[0]! <= since) times.shift();
    return times.length;
  }
}

function add(all: Map<Home, number[]>, home: Home, now: number): void {
  const times = all.get(home);
  if (times === undefined) all.set(home, [now]);
  else times.push(now);
}
