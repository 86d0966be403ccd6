import type { ControlBlock } from '../../core/wire/control-block.ts';

// Taken before code of the user can put something in its place: see core/foreign/intrinsics.ts.
const getBuiltinModule = process.getBuiltinModule.bind(process);

let collect: (() => void) | undefined;

/** Node gives its collector only to those who ask V8 for it; a context made meanwhile has it. Code of the user does not see it. */
function collector(): () => void {
  const { setFlagsFromString } = getBuiltinModule('node:v8');
  setFlagsFromString('--expose-gc');
  try {
    return getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

/** Milliseconds between two measurements of the heap, at least. */
const EVERY = 100;

/**
 * Tells the manager how much of this thread's heap is in use. What lies there may be dead, and V8 is in no hurry to find out: so where it is more than
 * the limit, the dead are collected first, and what is left counts.
 */
export class HeapMeter {
  readonly #control: ControlBlock;
  readonly #limit: number;
  #last: number;

  /** @param limit bytes above which the thread is to be replaced */
  constructor(control: ControlBlock, limit: number, now: number) {
    this.#control = control;
    this.#limit = limit;
    this.#last = now;
  }

  look(now: number): void {
    if (now - this.#last <= EVERY) return;
    this.#last = now;
    try {
      this.#control.heapUsed = inUse(this.#limit);
    } catch {
      // A task has broken what Node needs for it. It is asked again later.
    }
  }
}

function inUse(limit: number): number {
  const { getHeapStatistics } = getBuiltinModule('node:v8');
  const used = getHeapStatistics().used_heap_size;
  if (used <= limit) return used;
  collect ??= collector();
  collect();
  return getHeapStatistics().used_heap_size;
}
