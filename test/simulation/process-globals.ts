import { syncBuiltinESMExports } from 'node:module';
import v8 from 'node:v8';
import type { Random } from '../../src/core/random.ts';
import { storage } from '../../src/thread/context.ts';
import type { Timeline } from './timeline.ts';

export interface Substitutes {
  readonly timeline: Timeline;
  readonly random: Random;
  /** `setImmediate` inside the thread that is running. */
  immediate(fn: () => void): void;
  /** Bytes of heap in use in the thread that is running. */
  heap(): number;
  rejected(reason: unknown): void;
  /** Whether errors have stacks: they cost more than everything else. */
  readonly stacks: boolean;
}

/**
 * p-retry takes its time and its chance from the globals, and the code of a thread takes `setImmediate` and its heap size
 * from Node: as long as a simulation runs, all of these are the simulation's. A simulation runs in one go, without ever giving
 * way to Node's own loop, so nobody else can see them.
 */
export class ProcessGlobals {
  /** Waits of p-retry that are under way: the manager itself never uses the global timers. */
  waits = 0;
  readonly #restore: (() => void)[] = [];

  constructor(substitutes: Substitutes) {
    const { timeline } = substitutes;
    const waits = new Set<unknown>();
    this.#put(globalThis, 'setTimeout', (fn: () => void, ms: number) => {
      const timer = timeline.setTimeout(() => {
        waits.delete(timer);
        this.waits = waits.size;
        fn();
      }, ms);
      waits.add(timer);
      this.waits = waits.size;
      return timer;
    });
    this.#put(globalThis, 'clearTimeout', (timer: never) => {
      waits.delete(timer);
      this.waits = waits.size;
      timeline.clearTimeout(timer);
    });
    this.#put(globalThis, 'setImmediate', (fn: () => void) => substitutes.immediate(fn));
    this.#put(Math, 'random', substitutes.random);
    this.#put(performance, 'now', () => timeline.now());
    this.#put(v8, 'getHeapStatistics', () => ({ used_heap_size: substitutes.heap() }));
    this.#put(Error, 'stackTraceLimit', substitutes.stacks ? 10 : 0);
    // Whose code runs is simulated as well; the storage would slow down every promise of the process.
    this.#put(storage, 'run', (_item: unknown, fn: (...args: unknown[]) => unknown, ...args: unknown[]) => fn(...args));
    syncBuiltinESMExports();
    const listener = (reason: unknown): void => substitutes.rejected(reason);
    process.on('unhandledRejection', listener);
    this.#restore.push(() => process.off('unhandledRejection', listener));
  }

  #put(target: object, key: string, value: unknown): void {
    const own = Object.getOwnPropertyDescriptor(target, key);
    Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: own?.enumerable ?? false });
    this.#restore.push(() => {
      if (own === undefined) delete (target as Record<string, unknown>)[key];
      else Object.defineProperty(target, key, own);
    });
  }

  restore(): void {
    for (const undo of this.#restore.reverse()) undo();
    syncBuiltinESMExports();
  }
}

/**
 * Lets promises do all they have to do, at once: what Node itself does between two callbacks of its loop. It also reports
 * rejections that nobody handles. Only from a callback of the loop: within a promise's reaction it does nothing.
 */
export const settlePromises: () => void = (process as unknown as { _tickCallback(): void })._tickCallback;

/** @throws {Error} if `settlePromises` does not do what the simulation relies on. */
export function checkSettling(): void {
  let steps = 0;
  void (async () => {
    for (; steps < 10; steps++) await undefined;
  })();
  settlePromises();
  if (steps !== 10)
    throw new Error(
      `Expected all of 10 promise reactions to run at once. Got ${steps}. Start simulations from a callback of the event loop.`,
    );
}
