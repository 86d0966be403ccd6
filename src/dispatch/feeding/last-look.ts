import type { Attempt, Task } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import type { TakeBack } from './take-back.ts';

/** Looks after tasks whose queue or total time-out passed while they waited. */
export interface Overdue {
  isOver(task: Task, now: number): boolean;
  /** Takes in what has arrived from every thread. */
  listen(): void;
  /** Settles a task whose time is over, and returns true. Returns false if there is time left. */
  overdue(task: Task, now: number): boolean;
}

interface Feeding {
  readonly takeBack: TakeBack;
  take(thread: PoolThread): readonly Attempt[];
  /** While this runs, nothing is handed out. */
  hold(deed: () => void): void;
}

/** Looks at attempts that were taken for a thread, before they are sent: is the task of each open, and is there time left? */
export class LastLook {
  readonly #limits: Overdue;
  readonly #feeding: Feeding;

  constructor(limits: Overdue, feeding: Feeding) {
    this.#limits = limits;
    this.#feeding = feeding;
  }

  /** Whether it is so for all: it usually is. */
  areTimely(attempts: readonly Attempt[], now: number): boolean {
    for (let i = 0; i < attempts.length; i++) {
      const { task } = attempts[i]!;
      if (task.state !== 'open' || this.#limits.isOver(task, now)) return false;
    }
    return true;
  }

  /**
   * Those that are still to be sent to this thread; tasks whose time is over have been settled. A result that has arrived counts as long as its
   * task waits. So what was taken is given back, what has arrived is taken in from every thread, and then is taken what waits then.
   */
  stillDue(thread: PoolThread, taken: readonly Attempt[], now: number): readonly Attempt[] {
    const { takeBack } = this.#feeding;
    takeBack.giveBack(taken);
    this.#limits.listen();
    if (!thread.open || !thread.hasRoom) return [];
    let due = this.#feeding.take(thread);
    this.#feeding.hold(() => {
      due = due.filter(({ task }) => this.#isDue(task, now));
    });
    // The caller of an overdue task may have given up other tasks as soon as it was notified, or the thread may have ended.
    return due.filter((attempt) => attempt.state === 'taken');
  }

  /** A listener of a task's end may submit another task before the waiting copies of the first are called off. These are not sent: their input is gone. */
  #isDue(task: Task, now: number): boolean {
    return task.state === 'open' && !this.#limits.overdue(task, now);
  }
}
