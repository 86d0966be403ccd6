import type { Attempt } from '../core/task.ts';
import type { Backlog } from './queue/backlog.ts';
import type { Roster } from './threads/roster.ts';

/** Tells who does what now. */
export class Survey {
  readonly #roster: Roster;
  readonly #backlog: Backlog;

  constructor(roster: Roster, backlog: Backlog) {
    this.#roster = roster;
    this.#backlog = backlog;
  }

  /** Tasks that were accepted and have not begun, beyond what idle threads will take at once. */
  waiting(): number {
    let waiting = this.#backlog.tasks;
    for (const thread of this.#roster.slots) {
      if (thread === undefined) continue;
      waiting += thread.unclaimed();
      if (thread.idle && thread.open) waiting--;
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

  /** Whether a thread has nothing to do, and nothing waits for one. */
  leisure(): boolean {
    return this.#backlog.size === 0 && this.#roster.slots.some((thread) => thread?.idle && thread.open);
  }
}
