import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import { movesMemory, Rank } from './rank.ts';

/** Attempts by priority, higher first, and first in first out within one. */
export class PriorityList {
  /** Descending. That of priority 0 is always there; the others go when they run empty. */
  readonly #ranks: Rank[] = [new Rank(0)];
  #turns = 0;
  size = 0;

  push(attempt: Attempt): void {
    attempt.turn = ++this.#turns;
    this.#rankFor(attempt).push(attempt);
    this.size++;
  }

  /** Gives an attempt its old turn back. */
  unshift(attempt: Attempt): void {
    this.#rankFor(attempt).unshift(attempt);
    this.size++;
  }

  remove(attempt: Attempt): void {
    this.#rankFor(attempt).remove(attempt);
    this.size--;
    this.#prune();
  }

  /** Takes attempts out for a while, to change which threads may run them, and puts them back in their turn. */
  regroup(attempts: readonly Attempt[], change: () => void): void {
    for (const attempt of attempts) this.#rankFor(attempt).remove(attempt);
    change();
    for (const attempt of attempts) this.#rankFor(attempt).insert(attempt);
  }

  /** Takes up to `max` attempts that the thread may run; one that has to travel alone comes alone. `taken` is told of each. */
  take(max: number, thread: PoolThread, taken: (attempt: Attempt) => void): Attempt[] {
    const bundle: Attempt[] = [];
    const mayJoin = (attempt: Attempt): boolean => {
      // Moved memory cannot be taken back, so it is not sent behind another; nor may anybody overtake it for ever.
      const now = bundle.length === 0 ? thread.idle || !movesMemory(attempt) : !travelsAlone(attempt);
      if (!now) max = 0;
      return now;
    };
    for (const rank of this.#ranks) {
      while (bundle.length < max) {
        const attempt = rank.shift(thread, mayJoin);
        if (attempt === undefined) break;
        this.size--;
        bundle.push(attempt);
        taken(attempt);
        if (bundle.length === 1 && travelsAlone(attempt)) max = 1;
      }
    }
    this.#prune();
    return bundle;
  }

  /** The first of each kind of attempts that wait for the same threads: higher priority first, then in turn. */
  heads(): Attempt[] {
    return this.#ranks.flatMap((rank) => rank.heads());
  }

  *[Symbol.iterator](): Generator<Attempt> {
    for (const rank of this.#ranks) yield* rank;
  }

  #rankFor(attempt: Attempt): Rank {
    const { priority } = attempt.task.spec;
    const first = this.#ranks[0]!;
    if (first.priority === priority) return first;
    let at = 0;
    while (at < this.#ranks.length && this.#ranks[at]!.priority > priority) at++;
    const found = this.#ranks[at];
    if (found?.priority === priority) return found;
    const rank = new Rank(priority);
    this.#ranks.splice(at, 0, rank);
    return rank;
  }

  #prune(): void {
    if (this.#ranks.length === 1) return;
    for (let r = this.#ranks.length - 1; r >= 0; r--) {
      const rank = this.#ranks[r]!;
      if (rank.empty && rank.priority !== 0) this.#ranks.splice(r, 1);
    }
  }
}

/** What may be started only once must not be in doubt when a neighbour dies; moved memory belongs to one message. */
function travelsAlone(attempt: Attempt): boolean {
  const { task, placement } = attempt;
  return !task.spec.idempotent || placement?.alone === true || placement?.fresh === true || movesMemory(attempt);
}
