import type { Task } from '../core/task.ts';

const NONE: readonly Task[] = [];

/** The open tasks of each quarantine key: closing a key costs a look at its own tasks, and not at all open ones. */
export class KeyedTasks {
  readonly #byKey = new Map<string, Set<Task>>();

  add(key: string, task: Task): void {
    const tasks = this.#byKey.get(key);
    if (tasks === undefined) this.#byKey.set(key, new Set([task]));
    else tasks.add(task);
  }

  remove(key: string, task: Task): void {
    const tasks = this.#byKey.get(key);
    if (tasks?.delete(task) && tasks.size === 0) this.#byKey.delete(key);
  }

  /** In the order in which they were accepted; tasks may settle while this is looked through. */
  of(key: string): readonly Task[] {
    const tasks = this.#byKey.get(key);
    return tasks === undefined ? NONE : [...tasks];
  }
}
