import type { Attempt, Placement } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import { Chain } from './chain.ts';

export function movesMemory(attempt: Attempt): boolean {
  return attempt.task.extras?.transferList !== undefined;
}

/** Whether the thread may run an attempt with these wishes. */
export function fits(placement: Placement | undefined, thread: PoolThread): boolean {
  if (placement === undefined) return true;
  if (placement.fresh === true && (thread.started > 0 || !thread.idle)) return false;
  return placement.kin === undefined || !placement.kin.barred.includes(thread.key);
}

/** Attempts that the same threads may run. So one look at the first tells whether a thread may run any of them. */
class Group extends Chain {
  readonly key: string;

  constructor(key: string) {
    super();
    this.key = key;
  }

  fits(thread: PoolThread): boolean {
    return this.head !== undefined && fits(this.head.placement, thread);
  }
}

/**
 * The waiting attempts of one priority, first in first out. Those that any thread may run are in one chain, which is all there is
 * as long as no task has copies. The others are grouped by the threads that they must not have: however many wait for another
 * thread, a thread that looks for work passes over them at once.
 */
export class Rank {
  readonly priority: number;
  readonly #anywhere = new Chain();
  readonly #groups = new Map<string, Group>();

  constructor(priority: number) {
    this.priority = priority;
  }

  get empty(): boolean {
    return this.#anywhere.head === undefined && this.#groups.size === 0;
  }

  push(attempt: Attempt): void {
    this.#chainFor(attempt).push(attempt);
  }

  unshift(attempt: Attempt): void {
    this.#chainFor(attempt).insertFromFront(attempt);
  }

  insert(attempt: Attempt): void {
    this.#chainFor(attempt).insertFromBack(attempt);
  }

  remove(attempt: Attempt): void {
    const key = groupOf(attempt);
    const group = this.#groups.get(key);
    (group ?? this.#anywhere).remove(attempt);
    if (group !== undefined && group.head === undefined) this.#groups.delete(key);
  }

  /** Takes the next attempt that the thread may run. */
  shift(thread: PoolThread, mayTake: (attempt: Attempt) => boolean): Attempt | undefined {
    let best: Chain = this.#anywhere;
    let head = best.head;
    if (this.#groups.size > 0) {
      for (const group of this.#groups.values()) {
        if ((head === undefined || group.head!.turn < head.turn) && group.fits(thread)) {
          best = group;
          head = group.head;
        }
      }
    }
    if (head === undefined || !mayTake(head)) return undefined;
    best.remove(head);
    if (best.head === undefined && best instanceof Group) this.#groups.delete(best.key);
    return head;
  }

  /** The first of each group, in turn. */
  heads(): Attempt[] {
    const heads: Attempt[] = this.#anywhere.head === undefined ? [] : [this.#anywhere.head];
    for (const group of this.#groups.values()) heads.push(group.head!);
    return heads.sort((a, b) => a.turn - b.turn);
  }

  *[Symbol.iterator](): Generator<Attempt> {
    yield* this.#anywhere;
    for (const group of this.#groups.values()) yield* group;
  }

  #chainFor(attempt: Attempt): Chain {
    if (attempt.placement === undefined) return this.#anywhere;
    const key = groupOf(attempt);
    if (key === '') return this.#anywhere;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = new Group(key);
      this.#groups.set(key, group);
    }
    return group;
  }
}

/** Attempts with the same name of a group may run on the same threads; '' is any thread. */
function groupOf({ placement }: Attempt): string {
  const bars = placement?.kin?.bars ?? '';
  return placement?.fresh === true ? `fresh ${bars}` : bars;
}
