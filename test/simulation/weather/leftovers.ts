import type { Dice } from '../world/dice.ts';

/** What tasks of a seed leave behind on their thread, and whether threads tell that something keeps a waiting task from going on. */
export interface Leftovers {
  /** How often a task that has returned leaves something that fills the heap, later. */
  readonly fillsHeap: number;
  /** Threads show how long an item that waits was kept from going on. */
  readonly hearts: boolean;
}

export function drawLeftovers(dice: Dice): Leftovers {
  if (!dice.chance(0.3)) return { fillsHeap: 0, hearts: false };
  return { fillsHeap: dice.chance(0.7) ? dice.log(0.001, 0.1) : 0, hearts: true };
}

/** What ends a thread whose heap is full. */
export function outOfMemory(): Error {
  return Object.assign(new Error('out of memory'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
}
