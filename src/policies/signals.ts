import type { Task } from '../core/task.ts';

/** The open tasks that one signal can abort. */
interface Group {
  readonly tasks: Set<Task>;
  readonly listener: () => void;
}

/**
 * Callers' signals, with one listener each however many tasks share one: a listener a task makes Node warn of a leak from the
 * eleventh on, and the removal of n of them cost n² steps.
 */
export class Signals {
  readonly #groups = new WeakMap<AbortSignal, Group>();
  readonly #aborted: (task: Task, reason: unknown) => void;

  constructor(aborted: (task: Task, reason: unknown) => void) {
    this.#aborted = aborted;
  }

  add(signal: AbortSignal, task: Task): void {
    let group = this.#groups.get(signal);
    if (group === undefined) {
      const tasks = new Set<Task>();
      const listener = (): void => {
        for (const one of [...tasks]) this.#aborted(one, signal.reason);
      };
      group = { tasks, listener };
      this.#groups.set(signal, group);
      signal.addEventListener('abort', listener, { once: true });
    }
    group.tasks.add(task);
  }

  remove(signal: AbortSignal, task: Task): void {
    const group = this.#groups.get(signal);
    if (group === undefined || !group.tasks.delete(task) || group.tasks.size > 0) return;
    signal.removeEventListener('abort', group.listener);
    this.#groups.delete(signal);
  }
}
