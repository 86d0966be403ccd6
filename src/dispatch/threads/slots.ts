import type { PoolThread } from './pool-thread.ts';

/**
 * - `dormant`: has no thread, and none is wanted
 * - `growing`: its first thread is on its way
 * - `staffed`: is to have a thread at any time
 * - `leaving`: its thread is being ended, because nothing needs it
 *
 * One whose place has gone, as with a node that is lost, is `dormant` without having been left.
 */
export type SlotState = 'dormant' | 'growing' | 'staffed' | 'leaving';
/** Every transition that there is. In a pool of a fixed number of threads all slots are `staffed` forever. */
export const SLOT_SUCCESSORS: Readonly<Record<SlotState, readonly SlotState[]>> = {
  dormant: ['growing'],
  growing: ['staffed', 'dormant'],
  staffed: ['leaving', 'dormant'],
  leaving: ['dormant', 'growing'],
};

/** The places that may be filled: which are to be, which thread has each, how many have had it, and since when it has stood empty. */
export class Slots {
  readonly #threads: (PoolThread | undefined)[];
  readonly #states: SlotState[];
  /** How many threads each slot has had. */
  readonly generations: number[];
  /** On the manager's clock. */
  readonly #emptySince: (number | undefined)[];
  /** Milliseconds for which threads that have gone had a slot. */
  #served = 0;
  readonly #counts: Record<SlotState, number> = { dormant: 0, growing: 0, staffed: 0, leaving: 0 };

  /** @param staffed how many of them are to have a thread from the beginning */
  constructor(count: number, staffed: number, now: number) {
    this.#threads = new Array<PoolThread | undefined>(count).fill(undefined);
    this.#states = Array.from({ length: count }, (_, slot) => (slot < staffed ? 'staffed' : 'dormant'));
    this.#emptySince = new Array<number | undefined>(count).fill(now);
    this.generations = new Array<number>(count).fill(0);
    this.#counts.staffed = staffed;
    this.#counts.dormant = count - staffed;
  }

  get threads(): readonly (PoolThread | undefined)[] {
    return this.#threads;
  }

  /** Slots that are to have a thread, now or soon. */
  get wanted(): number {
    return this.#counts.staffed + this.#counts.growing;
  }

  /** Slots that are to have a thread at any time: a pool that only waits for more is whole. */
  get staffed(): number {
    return this.#counts.staffed;
  }

  /** Slots that could be filled as well. */
  get free(): number {
    return this.#counts.dormant + this.#counts.leaving;
  }

  state(slot: number): SlotState {
    return this.#states[slot]!;
  }

  /** Those that are to be filled, first the one that has been empty longest. */
  empty(): number[] {
    const empty = [...this.#threads.keys()].filter((slot) => this.#threads[slot] === undefined && this.isWanted(slot));
    return empty.sort((a, b) => this.#emptySince[a]! - this.#emptySince[b]!);
  }

  /** One more is to be filled: false if all are. One whose thread is only leaving is empty a little later. */
  grow(now: number): boolean {
    const dormant = this.#states.indexOf('dormant');
    const slot = dormant >= 0 ? dormant : this.#states.indexOf('leaving');
    if (slot < 0) return false;
    if (this.#threads[slot] === undefined) this.#emptySince[slot] = now;
    this.#become(slot, 'growing');
    return true;
  }

  /** One more place, for which no thread is wanted yet. */
  add(): void {
    this.#threads.push(undefined);
    this.#states.push('dormant');
    this.#emptySince.push(undefined);
    this.generations.push(0);
    this.#counts.dormant++;
  }

  /** An empty slot, the last of them, is to be filled no more: false if no slot is empty. */
  drop(): boolean {
    for (let slot = this.#threads.length - 1; slot >= 0; slot--) {
      if (this.#threads[slot] !== undefined || !this.isWanted(slot)) continue;
      this.#become(slot, 'dormant');
      return true;
    }
    return false;
  }

  /** The thread that a growing slot waits for will not come. */
  giveUpGrowth(): void {
    const slot = this.#states.lastIndexOf('growing');
    if (slot >= 0 && this.#threads[slot] === undefined) this.#become(slot, 'dormant');
  }

  /** Milliseconds for which threads have had slots, all together. */
  servedFor(now: number): number {
    return this.#threads.reduce((sum, thread) => (thread === undefined ? sum : sum + now - thread.servesSince), this.#served);
  }

  /** Nothing needs the thread of this slot. */
  leave(slot: number): void {
    this.#become(slot, 'leaving');
  }

  /** The thread has the slot from now on. Returns how long the slot had stood empty after its last thread, in milliseconds, if it was to have one. */
  seat(thread: PoolThread, slot: number, now: number): number | undefined {
    const since = this.generations[slot]! > 0 && this.#states[slot] === 'staffed' ? this.#emptySince[slot] : undefined;
    const before = this.#threads[slot];
    if (before !== undefined) this.#served += now - before.servesSince;
    this.#emptySince[slot] = undefined;
    thread.servesSince = now;
    thread.slot = slot;
    thread.generation = ++this.generations[slot]!;
    this.#threads[slot] = thread;
    if (this.#states[slot] === 'growing') this.#become(slot, 'staffed');
    return since === undefined ? undefined : now - since;
  }

  /** The thread has no slot any more, if it had one. */
  vacate(thread: PoolThread, now: number): void {
    const { slot } = thread;
    if (this.#threads[slot] !== thread) return;
    this.#threads[slot] = undefined;
    this.#served += now - thread.servesSince;
    this.#emptySince[slot] = now;
    if (this.#states[slot] === 'leaving') this.#become(slot, 'dormant');
  }

  isWanted(slot: number): boolean {
    const state = this.#states[slot];
    return state === 'staffed' || state === 'growing';
  }

  /** @throws {Error} if no slot can go from its state to that one: that would be a bug of the pool */
  #become(slot: number, state: SlotState): void {
    const from = this.#states[slot]!;
    if (!SLOT_SUCCESSORS[from].includes(state)) throw new Error(`Slot ${slot} cannot go from ${from} to ${state}.`);
    this.#counts[from]--;
    this.#counts[state]++;
    this.#states[slot] = state;
  }
}
