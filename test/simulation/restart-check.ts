import type { PoolEvents } from '../../src/core/events.ts';
import type { World } from './world.ts';

/** Reasons that can make a death unproductive. */
const FAULTS: ReadonlySet<string> = new Set(['crash', 'exit', 'oom', 'startup', 'lateError', 'unresponsive', 'orphan', 'reclaimed']);

/**
 * Restart intensity, counted a second time. Which deaths were unproductive only the pool knows exactly; failed starts always are,
 * and nothing else than a fault can be.
 */
export class RestartCheck {
  readonly #world: World;
  #starts: number[] = [];
  #faults: number[] = [];
  #failed = false;

  constructor(world: World) {
    this.#world = world;
  }

  exit({ reason }: PoolEvents['workerExit']): void {
    const now = this.#world.timeline.now();
    if (reason === 'startup') this.#starts.push(now);
    if (FAULTS.has(reason)) this.#faults.push(now);
  }

  failed(): void {
    this.#failed = true;
    const { intensity = 5 } = this.#world.climate.pool.restart!;
    const count = this.#within(this.#faults);
    if (count <= intensity) this.#world.fail(`the pool has failed after ${count} deaths within the window; ${intensity} are allowed`);
  }

  /** Between two events: too many failed starts, and the pool goes on. */
  look(closing: boolean): void {
    const { intensity = 5 } = this.#world.climate.pool.restart!;
    if (this.#failed || closing || this.#starts.length <= intensity) return;
    const count = this.#within(this.#starts);
    if (count > intensity)
      this.#world.fail(`${count} starts have failed within the window; ${intensity} are allowed, and the pool goes on`);
  }

  #within(times: number[]): number {
    const since = this.#world.timeline.now() - this.#world.climate.pool.restart!.within!;
    while (times.length > 0 && times[0]! <= since) times.shift();
    return times.length;
  }
}
