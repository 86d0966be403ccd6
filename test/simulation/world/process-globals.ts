import { syncBuiltinESMExports } from 'node:module';
import v8 from 'node:v8';
import type { Random } from '../../../src/core/random.ts';
import { storage } from '../../../src/thread/context.ts';
import type { Timeline } from './timeline.ts';

export interface Substitutes {
  readonly timeline: Pick<Timeline, 'now'>;
  readonly random: Random;
  /** Bytes of heap in use in the thread that is running. */
  heap(): number;
  rejected(reason: unknown): void;
  /** Whether errors have stacks: they cost more than everything else. */
  readonly stacks: boolean;
}

/** Whose world it is now. */
let current: ProcessGlobals | undefined;
let installed = false;

/**
 * Chance and the heap size of a thread are taken from the globals and from Node: as long as a simulation runs, all of these are the simulation's. A simulation runs in one go, without ever giving
 * way to Node's own loop, so no other code can see them.
 */
export class ProcessGlobals {
  readonly given: Substitutes;
  readonly #stackTraceLimit = Error.stackTraceLimit;
  readonly #listener = (reason: unknown): void => this.given.rejected(reason);

  constructor(substitutes: Substitutes) {
    this.given = substitutes;
    install();
    current = this;
    Error.stackTraceLimit = substitutes.stacks ? 10 : 0;
    process.on('unhandledRejection', this.#listener);
  }

  restore(): void {
    current = undefined;
    Error.stackTraceLimit = this.#stackTraceLimit;
    process.off('unhandledRejection', this.#listener);
  }
}

type Callable = (...args: never[]) => unknown;

/** Done once, for to replace a global costs all compiled code that uses it. Between simulations everything is as it was. */
function install(): void {
  if (installed) return;
  installed = true;
  put(Math, 'random', ({ given }) => given.random);
  put(
    performance,
    'now',
    ({ given }) =>
      () =>
        given.timeline.now(),
  );
  put(v8, 'getHeapStatistics', ({ given }) => () => ({ used_heap_size: given.heap() }));
  // Whose code runs is simulated as well; the storage would slow down every promise of the process.
  put(
    storage,
    'run',
    () =>
      (_item: unknown, fn: (...args: unknown[]) => unknown, ...args: unknown[]) =>
        fn(...args),
  );
  syncBuiltinESMExports();
}

function put(target: object, key: string, substitute: (world: ProcessGlobals) => Callable): void {
  const real = (target as Record<string, Callable>)[key]!;
  const enumerable = Object.getOwnPropertyDescriptor(target, key)?.enumerable ?? false;
  const value = (...args: never[]): unknown => (current === undefined ? real.apply(target, args) : substitute(current)(...args));
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable });
}

/**
 * Lets promises do all they have to do, at once: what Node itself does between two callbacks of its loop. It also reports
 * unhandled rejections. Only from a callback of the loop: within a promise's reaction it does nothing.
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
