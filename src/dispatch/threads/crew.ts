import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from './pool-thread.ts';
import { Slots } from './slots.ts';

/** Who there is: every thread that has not been seen to exit, and which slot it serves. */
export class Crew {
  protected readonly members: Set<PoolThread> = new Set();
  protected readonly places: Slots;
  /** Threads that are to stand by now. */
  protected spares = 0;
  /** Who serves, by slot. */
  readonly slots: Slots['threads'];

  /** @param filled slots that are to have a thread from the beginning */
  constructor(slots: number, filled: number, now: number) {
    this.places = new Slots(slots, filled, now);
    this.slots = this.places.threads;
  }

  /** Every thread that has not been seen to exit. */
  get threads(): Iterable<PoolThread> {
    return this.members;
  }

  /** How many threads a slot has had. */
  generation(slot: number): number {
    return this.places.generations[slot]!;
  }

  /** Whether a slot is to have a thread, now or soon. */
  isWanted(slot: number): boolean {
    return this.places.isWanted(slot);
  }

  /** Milliseconds for which threads have had slots, all together. */
  servedFor(now: number): number {
    return this.places.servedFor(now);
  }

  /** Slots that are to have a thread, now or soon. */
  get size(): number {
    return this.places.wanted;
  }

  /** Slots that could be filled as well. */
  get free(): number {
    return this.places.free;
  }

  /** Slots that are to have a thread and have none yet. */
  get unfilled(): number {
    return this.places.empty().length;
  }

  /** Threads that would not end. */
  get orphans(): number {
    return this.count('orphan');
  }

  /** The thread that an attempt was handed to last, if it is still there. */
  threadOf({ threadKey }: Attempt): PoolThread | undefined {
    for (const thread of this.members) if (thread.key === threadKey) return thread;
    return undefined;
  }

  spare(fits: (thread: PoolThread) => boolean): PoolThread | undefined {
    for (const thread of this.members) if (thread.phase === 'spare' && fits(thread)) return thread;
    return undefined;
  }

  /** Whether a thread starts that has a place to do so. */
  protected get coming(): boolean {
    return [...this.members].some(({ phase, handle }) => phase === 'starting' && handle.waiting !== true);
  }

  /**
   * Threads beyond those that are to be there, those that start and stop included; below 0, as many are missing. One in its teardown is not waited for,
   * but there are never more of these than slots beside the others.
   */
  protected get excess(): number {
    let count = -this.places.wanted - this.spares;
    let leaving = -this.slots.length;
    for (const { phase, teardown } of this.members) {
      if (phase === 'stopping' && (teardown.is === 'asked' || teardown.is === 'over')) leaving++;
      else if (phase !== 'orphan') count++;
    }
    return count + Math.max(0, leaving);
  }

  protected count(phase: PoolThread['phase']): number {
    let count = 0;
    for (const thread of this.members) if (thread.phase === phase) count++;
    return count;
  }

  /** Slots that have a thread now. */
  protected get serving(): number {
    return this.slots.reduce((count, thread) => (thread?.phase === 'serving' ? count + 1 : count), 0);
  }
}
