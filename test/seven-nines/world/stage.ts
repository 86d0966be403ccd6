import { hash32, type Random, seeded } from '../../../src/core/random.ts';
import type { NodesOptions, PoolOptions } from '../../../src/options/types.ts';
import type { PoolParts, Seams } from '../../../src/pool/compose.ts';
import { Pool } from '../../../src/pool/pool.ts';
import { checkSettling, ProcessGlobals, settlePromises } from '../../simulation/world/process-globals.ts';
import { Hold } from '../../simulation/world/sim-keep-alive.ts';
import { Timeline } from '../../simulation/world/timeline.ts';

/** Who works for a pool: threads, or nodes. */
export interface Crew {
  readonly executor: NonNullable<Seams['executor']>;
  readonly nodes?: NodesOptions;
}

/** The task module: none of its code runs, but pool and nodes read it, and must find the same. */
export const MODULE: string = import.meta.url;

/** Real pools on a virtual clock, in one go. Only one stage may be open at a time, in a callback of Node's event loop. */
export class Stage {
  readonly timeline: Timeline;
  readonly #seed: number;
  readonly #globals: ProcessGlobals;

  constructor(seed: number) {
    checkSettling();
    this.#seed = seed;
    this.timeline = new Timeline(this.random(0));
    this.#globals = new ProcessGlobals({
      timeline: this.timeline,
      random: this.random(1),
      heap: () => 1,
      stacks: false,
      rejected: (reason) => {
        throw reason;
      },
    });
  }

  /** A stream of chance of its own for each purpose. */
  random(purpose: number): Random {
    return randomOf(this.#seed, purpose);
  }

  /** @param parts is shown the parts of the pool */
  pool({ executor, nodes }: Crew, options: Partial<PoolOptions>, joined: (parts: PoolParts) => void = () => {}): Pool {
    const seams = { clock: this.timeline, random: this.random(2), keepAlive: new Hold(), executor, joined };
    // Deaths of nodes are what is studied, not whether a pool should give up for them.
    const restart = { intensity: 1_000_000_000 };
    const place = nodes === undefined ? {} : { nodes };
    return new Pool({ filename: MODULE, metrics: false, spares: 0, restart, ...place, ...options }, seams);
  }

  /** Calls `fn` at random instants, `rate` a millisecond on average, until `until`. */
  arrivals(perMs: number, until: number, random: Random, fn: () => void): void {
    const next = (): void => {
      const delay = exponential(random, 1 / perMs);
      if (this.timeline.now() + delay > until) return;
      this.timeline.arrive(() => {
        next();
        fn();
      }, delay);
    };
    next();
  }

  /** Goes on until then, or until `enough`. */
  run(until: number, enough: () => boolean = () => false): void {
    settlePromises();
    while (!enough() && this.timeline.step(until)) settlePromises();
    if (!enough()) this.timeline.skipTo(until);
  }

  close(): void {
    this.#globals.restore();
  }
}

export const randomOf = (seed: number, purpose: number): Random => seeded(hash32(seed, purpose));

export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random());

/** Runs a trial where a stage may be opened: in a callback of the event loop. */
export function staged<T>(seed: number, trial: (stage: Stage) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      const stage = new Stage(seed);
      try {
        resolve(trial(stage));
      } catch (error) {
        reject(error);
      } finally {
        stage.close();
      }
    });
  });
}
