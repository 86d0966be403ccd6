import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from './pool-thread.ts';
import { Slots } from './slots.ts';

/** Who there is: every thread that has not been seen to exit, and which slot it serves. */
export class Crew {
  protected readonly members: Set<PoolThread> = new Set();
  protected readonly places: Slots;
  /** Threads that are to stand by now. */
  protected spares = 0;
  /** The number of slots follows places that come and go. */
  protected readonly follows: boolean;
  /** Who serves, by slot. */
  readonly slots: Slots['threads'];

  /** @param filled slots that are to have a thread from the beginning */
  constructor(slots: number, filled: number, now: number, follows: boolean) {
    this.follows = follows;
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

  /** Slots that are filled when there is enough to do. */
  get width(): number {
    return this.follows ? this.size : this.slots.length;
  }

  /** Threads that are to stand by. */
  get sparesMost(): number {
    return this.spares;
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

  /** A thread that stands by: of those on several machines, one on the machine where the fewest serve. */
  spare(fits: (thread: PoolThread) => boolean): PoolThread | undefined {
    let best: PoolThread | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const thread of this.members) {
      if (thread.phase !== 'spare' || thread.lost || !fits(thread)) continue;
      const { home } = thread.handle;
      if (home === undefined) return thread;
      const beside = this.slots.reduce((count, other) => (other?.handle.home === home ? count + 1 : count), 0);
      if (beside >= least) continue;
      best = thread;
      least = beside;
    }
    return best;
  }

  /** The thread that can best be done without of those that stand by: one of the machine where most live. */
  dispensable(): PoolThread | undefined {
    const at = new Map<string | undefined, number>();
    for (const { handle } of this.members) at.set(handle.home, (at.get(handle.home) ?? 0) + 1);
    const all = [...this.members].filter(({ phase }) => phase === 'spare');
    return all.reduce<PoolThread | undefined>(
      (best, one) => (best === undefined || at.get(one.handle.home)! > at.get(best.handle.home)! ? one : best),
      undefined,
    );
  }

  /** Threads that wait for a place and are not needed any more. Those that end are not counted: their successors may wait. */
  protected supernumerary(beyond: number): PoolThread[] {
    const waiting = [...this.members].filter(
      ({ phase, handle }) => phase === 'starting' && handle.waiting === true && handle.home === undefined,
    );
    return waiting.slice(0, Math.max(0, beyond - this.count('stopping')));
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
