import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import { Group, type Rank } from './group.ts';
import { groupOf } from './placing.ts';

type Taken = (attempt: Attempt) => void;

/** Threads come and go, and with them the groups that are named after them. */
const KEPT = 32;

/**
 * Attempts by priority, higher first, and first in first out within one. Those that any thread may run are in one group, which is all
 * there is as long as no task has copies. The others are grouped by the threads that they must not have: however many wait for another
 * thread, a thread that looks for work passes over them at once.
 */
export class Lane {
  readonly #anywhere = new Group('');
  readonly #others = new Map<string, Group>();
  /** Groups in which nothing waits now: where all tasks have copies, the same few come again at every bundle. */
  readonly #empty = new Map<string, Group>();
  size = 0;

  /** Whether all that wait may run on any thread, and have one priority: then no attempt can be passed by another. */
  get uniform(): boolean {
    return this.#others.size === 0 && this.#anywhere.size <= 1;
  }

  /** The attempt that has waited longest. */
  get oldest(): Attempt | undefined {
    let { oldest } = this.#anywhere;
    for (const group of this.#others.values()) oldest = older(oldest, group.oldest);
    return oldest;
  }

  /** The one that has waited longest of those that may run on any thread. */
  get oldestAnywhere(): Attempt | undefined {
    return this.#anywhere.oldest;
  }

  /** The attempt that is next by priority and turn, whatever thread it may run on. */
  get first(): Attempt | undefined {
    let first = this.#anywhere.head;
    for (const { head } of this.#others.values()) if (first === undefined || isNext(head!, first)) first = head;
    return first;
  }

  push(attempt: Attempt): void {
    this.#put(attempt, 'behind');
  }

  /** Gives an attempt its old turn back. */
  unshift(attempt: Attempt): void {
    this.#put(attempt, 'near the front');
  }

  remove(attempt: Attempt): void {
    this.#cut(this.#groupOf(attempt).rank(attempt.task.spec.priority), attempt);
  }

  /** Puts an attempt in its turn again that was taken out because other threads may run it from now on. */
  putBack(attempt: Attempt): void {
    this.#put(attempt, 'near the back');
  }

  /** Takes up to `max` attempts that the thread may run; one that has to travel alone comes alone. `taken` is called with each. */
  take(max: number, thread: PoolThread, taken: Taken): Attempt[] {
    return this.#take(max, thread, () => this.#rankFor(thread), taken);
  }

  /** The same: first this one, which waits here, then those that wait for the same threads with the same priority. */
  takeWith(attempt: Attempt, max: number, thread: PoolThread, taken: Taken): Attempt[] {
    const key = groupOf(attempt);
    const { priority } = attempt.task.spec;
    // To take a copy bars its thread for the others of its task, which wait in the same rank: that may end meanwhile.
    const rank = (): Rank | undefined => {
      const group = key === '' ? this.#anywhere : this.#others.get(key);
      return group?.fits(thread) ? group.find(priority) : undefined;
    };
    return this.#take(max, thread, rank, taken, attempt);
  }

  /** The first of each kind of attempts that wait for the same threads, most urgent first. */
  heads(): Attempt[] {
    const heads = [this.#anywhere, ...this.#others.values()].flatMap(({ head }) => head ?? []);
    return heads.sort((a, b) => (isNext(a, b) ? -1 : 1));
  }

  *[Symbol.iterator](): Generator<Attempt> {
    yield* this.#anywhere;
    for (const group of this.#others.values()) yield* group;
  }

  /** @param due goes first, whatever stands before it in its rank: older attempts may have been given back */
  #take(max: number, thread: PoolThread, nextRank: () => Rank | undefined, taken: Taken, due?: Attempt): Attempt[] {
    const bundle: Attempt[] = [];
    let rank = due && this.#groupOf(due).rank(due.task.spec.priority);
    for (let attempt = due; bundle.length < max; attempt = undefined) {
      // As long as all may run anywhere, a rank is next until it is empty.
      if (attempt === undefined && (this.#others.size > 0 || rank?.head === undefined)) rank = nextRank();
      attempt ??= rank?.head;
      if (attempt === undefined) break;
      // Moved memory cannot be taken back, so it is not sent behind another; nor may others overtake it forever.
      if (bundle.length === 0 ? !thread.idle && attempt.movesMemory : attempt.travelsAlone) break;
      this.#cut(rank!, attempt);
      bundle.push(attempt);
      taken(attempt);
      if (bundle.length === 1 && attempt.travelsAlone) break;
    }
    return bundle;
  }

  /** The rank of the next attempt that the thread may run. */
  #rankFor(thread: PoolThread): Rank | undefined {
    let best = this.#anywhere.first;
    if (this.#others.size === 0) return best;
    for (const group of this.#others.values()) {
      if ((best === undefined || isNext(group.head!, best.head!)) && group.fits(thread)) best = group.first;
    }
    return best;
  }

  #put(attempt: Attempt, where: 'behind' | 'near the front' | 'near the back'): void {
    const rank = this.#groupOf(attempt).rank(attempt.task.spec.priority);
    const before = rank.head;
    if (where === 'behind') rank.push(attempt);
    else if (where === 'near the front') rank.insertFromFront(attempt);
    else rank.insertFromBack(attempt);
    this.size++;
    if (before === undefined) rank.group.list(rank);
    else if (rank.head !== before) rank.group.moved(rank);
  }

  #cut(rank: Rank, attempt: Attempt): void {
    const wasHead = rank.head === attempt;
    rank.remove(attempt);
    this.size--;
    if (rank.head === undefined) {
      rank.group.unlist(rank);
      if (rank.group.size === 0 && this.#others.delete(rank.group.key)) {
        if (this.#empty.size >= KEPT) this.#empty.clear();
        this.#empty.set(rank.group.key, rank.group);
      }
    } else if (wasHead) {
      rank.group.moved(rank);
    }
  }

  #groupOf(attempt: Attempt): Group {
    if (attempt.placement === undefined) return this.#anywhere;
    const key = groupOf(attempt);
    if (key === '') return this.#anywhere;
    let group = this.#others.get(key);
    if (group === undefined) {
      group = this.#empty.get(key) ?? new Group(key);
      this.#empty.delete(key);
      this.#others.set(key, group);
    }
    return group;
  }
}

/** The one of the two that has waited longer. */
export function older(a: Attempt | undefined, b: Attempt | undefined): Attempt | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.turn < a.turn ? b : a;
}

function isNext(a: Attempt, b: Attempt): boolean {
  const [one, other] = [a.task.spec.priority, b.task.spec.priority];
  return one > other || (one === other && a.turn < b.turn);
}
