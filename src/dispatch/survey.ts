import type { Attempt } from '../core/task.ts';
import type { Backlog } from './queue/backlog.ts';
import type { Elasticity } from './threads/elasticity.ts';
import type { Bundle } from './threads/pool-thread.ts';
import type { Roster } from './threads/roster.ts';

/** Tasks for which the items that a thread has not reported stand: a copy counts if it was handed out first. */
function leaders({ attempts, reported, size }: Bundle): number {
  let count = 0;
  for (let i = reported; i < size; i++) {
    const { placement, number } = attempts[i]!;
    if (placement?.kin === undefined || placement.kin.leader === number) count++;
  }
  return count;
}

/** What the threads do at this moment, and what waits for them. */
export class Survey {
  readonly #roster: Roster;
  readonly #backlog: Backlog;
  readonly #elasticity: Pick<Elasticity, 'mayGrow'> | undefined;

  /** @param elasticity absent where no other threads can be had */
  constructor(roster: Roster, backlog: Backlog, elasticity?: Pick<Elasticity, 'mayGrow'>) {
    this.#roster = roster;
    this.#backlog = backlog;
    this.#elasticity = elasticity;
  }

  /**
   * Tasks beyond one for each slot, which takes it at once, or as soon as it has a thread; those that lie on a thread as well, until they report.
   * However many copies a task has, it counts once. Below 0, as many more will be taken. Nothing that a thread writes is looked at: where threads live
   * in another process that would cost a lot.
   */
  waiting(): number {
    const { slots, width } = this.#roster;
    let waiting = this.#backlog.tasks - width;
    for (const thread of slots) {
      if (thread?.phase !== 'serving' || thread.idle) continue;
      let here = 0;
      for (const bundle of thread.bundles) here += bundle.hasCopies ? leaders(bundle) : bundle.size - bundle.reported;
      waiting += Math.max(1, here); // Whatever it is that the thread is at, no other task gets the slot.
    }
    return waiting;
  }

  /** Attempts that run and are wanted, each with its start on the manager's clock. */
  *running(): Generator<{ readonly attempt: Attempt; readonly startedAt: number }> {
    for (const thread of this.#roster.slots) {
      const attempt = thread?.phase === 'serving' ? thread.current()?.attempt : undefined;
      if (attempt?.state === 'sent') yield { attempt, startedAt: thread!.handle.itemStartedAt };
    }
  }

  /** Whether the attempt is on a thread and has not ended, wanted or not. */
  runs(attempt: Attempt): boolean {
    return this.#roster.threadOf(attempt)?.locate(attempt) !== undefined;
  }

  /** Whether a thread has nothing to do, or can be had, and nothing waits for one. */
  leisure(): boolean {
    if (this.#backlog.size > 0) return false;
    return this.#roster.slots.some((thread) => thread?.idle && thread.open) || this.#elasticity?.mayGrow === true;
  }
}
