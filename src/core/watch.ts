import type { ThreadExitReason } from './events.ts';
import type { FailureKind } from './failure.ts';

/** Which attempt it was. */
export interface WatchedAttempt {
  /** Number of the task in its pool, from 1. */
  readonly taskId: number;
  /** The export that is called. */
  readonly name: string;
  /** 1 for the first attempt of the task. */
  readonly attempt: number;
  /** Number of the copy; 0 unless the task is redundant or hedged. */
  readonly replica: number;
}

/** How an attempt ended that did not simply return. `surplus`: its result was no longer needed. */
export type WorkOutcome = Extract<FailureKind, 'error' | 'clone'> | 'givenUp' | 'surplus';

/** Attempts that ended one after another on one thread, and were reported in one message: one that is long, or many that are short. */
export interface Work extends WatchedAttempt {
  /** Place of the thread in the pool. */
  readonly slot: number;
  /** Which thread of its slot it is, from 1. */
  readonly generation: number;
  /** Start of the first attempt, then the end of each, which is the start of the next; milliseconds on the scale of `PoolWatch.now`. */
  readonly times: readonly number[];
  /** Which of them did not simply return: index from 0, and what happened. Usually empty. */
  readonly odd: readonly (readonly [index: number, outcome: WorkOutcome])[];
  /** Milliseconds that the first of them waited from its acceptance to its start; undefined if it was no first attempt. */
  readonly waited: number | undefined;
}

/** An attempt that ended with its thread. */
export interface LostWork extends WatchedAttempt {
  /** Place of the thread in the pool. */
  readonly slot: number;
  /** Which thread of its slot it was, from 1. */
  readonly generation: number;
  /** Milliseconds on the scale of `PoolWatch.now`. */
  readonly startedAt: number;
  /** When the death was found out; on the same scale. */
  readonly endedAt: number;
  /** Why the thread ended. */
  readonly reason: ThreadExitReason;
}

/** A task that settled with an error, or was refused. `attemptsOf(error)` lists its attempts. */
export interface RejectedTask {
  /** Number of the task in its pool, from 1; -1 if it was refused. */
  readonly taskId: number;
  /** The export that is called. */
  readonly name: string;
  /** Why it failed. */
  readonly kind: FailureKind;
  /** What `run` rejects with. */
  readonly error: unknown;
}

/** What `pool.watch` calls. It is called inside the pool's own work, in no particular asynchronous context: keep it short. What it throws is ignored. */
export interface PoolWatcher {
  /** Attempts have ended, and their thread has reported them. */
  worked?(work: Work): void;
  /** A thread has ended, and an attempt with it. */
  lost?(work: LostWork): void;
  /** A task has settled with an error, or was refused. */
  rejected?(task: RejectedTask): void;
}

/** Who watches. While no one does, a report of a thread costs a look at `ofWork`, and nothing is made. */
export class Watchers {
  readonly #watchers = new Set<PoolWatcher>();
  // Lists, and no closures: `worked` is called for every report of every thread.
  #ofWork: readonly PoolWatcher[] = [];
  #ofFailures: readonly PoolWatcher[] = [];
  /** Some watcher wants to know of attempts. */
  ofWork = false;
  /** Some watcher wants to know of failed tasks. */
  ofFailures = false;

  /** @returns what ends it */
  add(watcher: PoolWatcher): () => void {
    // An object of its own, so that one that is added twice is called twice. What it wants to know is settled now.
    const own: PoolWatcher = {
      ...(watcher.worked && { worked: (work) => watcher.worked!(work) }),
      ...(watcher.lost && { lost: (work) => watcher.lost!(work) }),
      ...(watcher.rejected && { rejected: (task) => watcher.rejected!(task) }),
    };
    this.#watchers.add(own);
    this.#look();
    return () => {
      this.#watchers.delete(own);
      this.#look();
    };
  }

  #look(): void {
    const all = [...this.#watchers];
    this.#ofWork = all.filter(({ worked, lost }) => worked !== undefined || lost !== undefined);
    this.#ofFailures = all.filter(({ rejected }) => rejected !== undefined);
    this.ofWork = this.#ofWork.length > 0;
    this.ofFailures = this.#ofFailures.length > 0;
  }

  // In no context of its own: to enter one for every report would cost more than all else that is done with it. What a watcher throws is its own fault.
  worked(work: Work): void {
    for (const watcher of this.#ofWork) {
      try {
        watcher.worked?.(work);
      } catch {}
    }
  }

  lost(work: LostWork): void {
    for (const watcher of this.#ofWork) {
      try {
        watcher.lost?.(work);
      } catch {}
    }
  }

  rejected(task: RejectedTask): void {
    for (const watcher of this.#ofFailures) {
      try {
        watcher.rejected?.(task);
      } catch {}
    }
  }
}
