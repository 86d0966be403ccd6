import type { Capacity, Executor } from '../../executors/executor.ts';
import type { PoolThread } from './pool-thread.ts';
import type { Roster } from './roster.ts';
import type { FollowOptions, RosterOptions } from './roster-host.ts';

/** Depends on how many threads share what there is to do. */
export interface Shared {
  share(threads: number): void;
}

interface FollowingParts {
  readonly capacity: Capacity;
  readonly options: FollowOptions;
  readonly roster: Roster;
  /** Whom the number of slots that are to be filled concerns. */
  readonly shared: readonly Shared[];
}

/**
 * Slots follow the places of the executor: all that are offered, but those that spares stand by in. What is lost goes to spares first, as long as there are
 * any, and only then are there fewer slots.
 */
export class Following {
  readonly #parts: FollowingParts;
  /** A thread with this home is to go when its successor is there. */
  #from: string | undefined;

  constructor(parts: FollowingParts) {
    this.#parts = parts;
    parts.capacity.watch(() => this.#changed());
  }

  /** A spare is there. Returns whether another thread goes in its place, which lives too close to others. */
  standby(): boolean {
    const { roster } = this.#parts;
    const from = this.#from;
    this.#from = undefined;
    if (from === undefined || roster.surplus() <= 0 || roster.spare(({ handle }) => handle.home !== from) === undefined) return false;
    const one = find(roster, ({ handle }) => handle.home === from);
    if (one !== undefined) roster.dismiss(one, 'recycled'); // Its successor is ready, and lives in a better place.
    return one !== undefined;
  }

  #changed(): void {
    const { capacity, roster, shared } = this.#parts;
    const { offered, losing, known } = capacity;
    const slots = this.#slots();
    if (roster.size !== slots) for (const one of shared) one.share(slots);
    roster.staff(slots, known && (slots === 0 || offered < slots) ? 'lacking' : 'filling');
    const spares = Math.min(this.#spares(), Math.max(0, offered - slots));
    // What stands by is needed while a place goes.
    if (spares > roster.sparesMost || !losing) roster.keepSpares(spares);
    this.#balance();
  }

  #slots(): number {
    const { capacity, roster, options } = this.#parts;
    const { min, max, spares = 0 } = options;
    const { offered } = capacity;
    const beside = Math.max(offered - spares, Math.min(offered, 1));
    return Math.max(min, Math.min(max, Math.max(beside, Math.min(roster.size, offered))));
  }

  /** Where all threads are wanted as slots, none is left to stand by, unless that was said. */
  #spares(): number {
    const { capacity, options } = this.#parts;
    return options.spares ?? (options.max === Number.POSITIVE_INFINITY ? 0 : capacity.largest);
  }

  /** Threads that live too close together move, one at a time. */
  #balance(): void {
    const { capacity, roster } = this.#parts;
    if (roster.surplus() > 0) return;
    const one = find(roster, ({ handle: { home } }) => home !== undefined && capacity.crowded(home));
    if (one === undefined) return;
    roster.startSuccessor();
    this.#from = roster.surplus() > 0 ? one.handle.home : undefined;
  }
}

/** A thread of that kind: rather one that stands by than one that serves. */
function find(roster: Roster, fits: (thread: PoolThread) => boolean): PoolThread | undefined {
  return roster.spare(fits) ?? roster.slots.find((thread) => thread?.phase === 'serving' && thread.open && fits(thread));
}

type Whole = Omit<FollowingParts, 'capacity' | 'options'> & { readonly executor: Executor; readonly options: RosterOptions };

/** @returns `undefined` where there are always as many places as are wanted */
export function followingOf({ executor: { capacity }, options: { follow }, ...parts }: Whole): Following | undefined {
  return capacity === undefined || follow === undefined ? undefined : new Following({ ...parts, capacity, options: follow });
}
