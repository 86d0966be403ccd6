import { queueOptionsSymbol } from './symbols.ts';

/** What a queue is given of a task. */
export interface Task {
  /** What the caller has put on the task under `queueOptionsSymbol`. */
  readonly [queueOptionsSymbol]: object | null;
}

/** The same, and what the pool knows of it. */
export interface PiscinaTask extends Task {
  readonly taskId: number;
  readonly filename: string;
  readonly name: string;
  /** Milliseconds, as from `performance.now()`. */
  readonly created: number;
  readonly isAbortable: boolean;
}

/** Holds the tasks that wait, and decides which is next. */
export interface TaskQueue {
  readonly size: number;
  shift(): Task | null;
  remove(task: Task): void;
  push(task: Task): void;
}

export function isTaskQueue(value: unknown): value is TaskQueue {
  if (typeof value !== 'object' || value === null) return false;
  const { size, shift, remove, push } = value as Partial<TaskQueue>;
  return typeof size === 'number' && [shift, remove, push].every((method) => typeof method === 'function');
}

/** First in, first out, in one array. Shifting costs its length: for short queues. */
export class ArrayTaskQueue implements TaskQueue {
  tasks: Task[] = [];

  get size(): number {
    return this.tasks.length;
  }

  shift(): Task | null {
    return this.tasks.shift() ?? null;
  }

  push(task: Task): void {
    this.tasks.push(task);
  }

  unshift(task: Task): void {
    this.tasks.unshift(task);
  }

  remove(task: Task): void {
    const index = this.tasks.indexOf(task);
    if (index >= 0) this.tasks.splice(index, 1);
  }
}

/** Two stacks are turned into each other only when one runs empty, so that every operation but `remove` costs the same at any length. */
export class FixedQueue implements TaskQueue {
  /** Next first, from the end. */
  #out: Task[] = [];
  #in: Task[] = [];

  get size(): number {
    return this.#out.length + this.#in.length;
  }

  isEmpty(): boolean {
    return this.size === 0;
  }

  push(task: Task): void {
    this.#in.push(task);
  }

  unshift(task: Task): void {
    this.#out.push(task);
  }

  shift(): Task | null {
    if (this.#out.length === 0) {
      this.#out = this.#in.reverse();
      this.#in = [];
    }
    return this.#out.pop() ?? null;
  }

  remove(task: Task): void {
    for (const list of [this.#out, this.#in]) {
      const index = list.indexOf(task);
      if (index < 0) continue;
      list.splice(index, 1);
      return;
    }
  }
}
