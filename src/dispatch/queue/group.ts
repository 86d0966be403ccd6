import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import { Chain } from './chain.ts';
import { IndexedHeap, NOWHERE } from './indexed-heap.ts';
import { fits } from './placing.ts';

/** The attempts of one group that have one priority, in their turn. */
export class Rank extends Chain {
  readonly priority: number;
  readonly group: Group;
  /** Where it stands among the ranks of its group: by priority, and by the age of its head. */
  byPriority: number = NOWHERE;
  byAge: number = NOWHERE;

  constructor(priority: number, group: Group) {
    super();
    this.priority = priority;
    this.group = group;
  }
}

/**
 * Attempts that the same threads may run, by priority: so one look at the first tells whether a thread may run any of them. However many
 * priorities there are, each costs no more than a place in a heap.
 */
export class Group {
  readonly key: string;
  readonly #ranks = new Map<number, Rank>();
  readonly #byPriority = new IndexedHeap<'byPriority', Rank>('byPriority', (a, b) => a.priority > b.priority);
  readonly #byAge = new IndexedHeap<'byAge', Rank>('byAge', (a, b) => a.head!.turn < b.head!.turn);
  /** The rank that was asked for last: mostly there is only one. */
  #last: Rank | undefined;

  constructor(key: string) {
    this.key = key;
  }

  /** Ranks in which something waits. */
  get size(): number {
    return this.#byPriority.size;
  }

  /** The attempt that has waited longest. */
  get oldest(): Attempt | undefined {
    return this.#byAge.first?.head;
  }

  /** The rank whose turn it is. */
  get first(): Rank | undefined {
    return this.#byPriority.first;
  }

  get head(): Attempt | undefined {
    return this.#byPriority.first?.head;
  }

  fits(thread: PoolThread): boolean {
    const { head } = this;
    return head !== undefined && fits(head.placement, thread);
  }

  /** The rank of a priority, if something waits in it. */
  find(priority: number): Rank | undefined {
    const rank = this.#last?.priority === priority ? this.#last : this.#ranks.get(priority);
    return rank?.head === undefined ? undefined : rank;
  }

  /** The rank of a priority; a new one is not yet `listed`. */
  rank(priority: number): Rank {
    if (this.#last?.priority === priority) return this.#last;
    let rank = this.#ranks.get(priority);
    if (rank === undefined) {
      rank = new Rank(priority, this);
      this.#ranks.set(priority, rank);
    }
    this.#last = rank;
    return rank;
  }

  /** Something waits in the rank now. */
  list(rank: Rank): void {
    this.#byPriority.add(rank);
    this.#byAge.add(rank);
  }

  /** Another attempt stands first in the rank. */
  moved(rank: Rank): void {
    if (this.size > 1) this.#byAge.moved(rank);
  }

  /** The rank has run empty. That of priority 0 is likely to be wanted again. */
  unlist(rank: Rank): void {
    this.#byPriority.remove(rank);
    this.#byAge.remove(rank);
    if (rank.priority === 0) return;
    this.#ranks.delete(rank.priority);
    if (this.#last === rank) this.#last = undefined;
  }

  *[Symbol.iterator](): Generator<Attempt> {
    for (const rank of this.#byPriority) yield* rank;
  }
}
