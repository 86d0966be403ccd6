import { Gathered, type Gathers } from './gathering.ts';
import type { LostWork, PoolWatcher, RejectedTask, Work } from './watch.ts';

/** One who watches. */
export interface Watching {
  /** From now on, the first `reports` are told one by one, and after them those of each thread within `milliseconds` as one. Tells what was gathered. */
  gather(reports: number, milliseconds: number): void;
  stop(): void;
}

interface Watcher extends PoolWatcher {
  gathers: { readonly reports: number; readonly milliseconds: number } | undefined;
}

/** Who watches. While no one does, a report of a thread costs a look at `ofWork`, and nothing is made. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();
  // Lists, and no closures: `worked` may be called for every report of every thread.
  #ofWork: readonly Watcher[] = [];
  #ofFailures: readonly Watcher[] = [];
  /** Threads with reports that are not told yet. */
  readonly #gathering = new Set<Gathers>();
  /** Reports that are still told one by one. */
  #singly = Number.POSITIVE_INFINITY;
  /** Milliseconds of a thread that are told as one after that. */
  #together = 0;
  /** Some watcher wants to know of attempts. */
  ofWork = false;
  /** Some watcher wants to know of failed tasks. */
  ofFailures = false;

  add(watcher: PoolWatcher): Watching {
    // An object of its own, so that one that is added twice is called twice. What it wants to know is settled now.
    const own: Watcher = {
      ...(watcher.worked && { worked: (work) => watcher.worked!(work) }),
      ...(watcher.lost && { lost: (work) => watcher.lost!(work) }),
      ...(watcher.rejected && { rejected: (task) => watcher.rejected!(task) }),
      gathers: undefined,
    };
    this.#watchers.add(own);
    this.#look();
    return {
      gather: (reports, milliseconds) => {
        own.gathers = { reports, milliseconds };
        this.#look();
      },
      stop: () => {
        this.#watchers.delete(own);
        this.#look();
      },
    };
  }

  #look(): void {
    this.#tellGathered();
    const all = [...this.#watchers];
    this.#ofWork = all.filter(({ worked, lost }) => worked !== undefined || lost !== undefined);
    this.#ofFailures = all.filter(({ rejected }) => rejected !== undefined);
    this.ofWork = this.#ofWork.length > 0;
    this.ofFailures = this.#ofFailures.length > 0;
    // All are told the same: who does not gather has every report told.
    this.#singly = Math.max(0, ...this.#ofWork.map(({ gathers }) => gathers?.reports ?? Number.POSITIVE_INFINITY));
    this.#together = Math.min(...this.#ofWork.map(({ gathers }) => gathers?.milliseconds ?? 0));
  }

  worked(thread: Gathers, work: Work): void {
    if (thread.gathered !== undefined) this.#tellGatheredOf(thread);
    if (this.#singly-- > 0 || work.odd.length > 0 || work.times.at(-1)! - work.times[0]! >= this.#together) {
      this.#tell(work);
      return;
    }
    thread.gathered = new Gathered(work, work.times[0]! + this.#together);
    this.#gathering.add(thread);
  }

  // In no context of its own: to enter one for every report would cost more than all else that is done with it. What a watcher throws is its own fault.
  #tell(work: Work): void {
    for (const watcher of this.#ofWork) {
      try {
        watcher.worked?.(work);
      } catch {}
    }
  }

  #tellGatheredOf(thread: Gathers): void {
    const { gathered } = thread;
    thread.gathered = undefined;
    this.#gathering.delete(thread);
    if (gathered !== undefined) this.#tell(gathered.work);
  }

  #tellGathered(): void {
    for (const thread of this.#gathering) this.#tellGatheredOf(thread);
  }

  lost(work: LostWork): void {
    // What its thread had ended before comes first.
    this.#tellGathered();
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
