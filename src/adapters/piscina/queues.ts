import { queueOptionsSymbol } from './symbols.ts';

/** What a queue is given of a task. */
export interface Task {
  /** What the caller has put on the task under `queueOptionsSymbol`. */
  readonly [queueOptionsSymbol]: object | null;
}

/** The same, and what the pool knows of it. */
export interface PiscinaTask extends Task {
  /** Its number in its pool, from 1. */
  readonly taskId: number;
  /** Path of its module. */
  readonly filename: string;
  /** The export that is called. */
  readonly name: string;
  /** Milliseconds, as from `performance.now()`. */
  readonly created: number;
  /** Whether it has a signal. */
  readonly isAbortable: boolean;
}

/** Holds the tasks that wait, and decides which is next. */
export interface TaskQueue {
  /** How many wait. */
  readonly size: number;
  /** Takes the next one out; `null` if none waits. */
  shift(): Task | null;
  /** Takes out one that was aborted. */
  remove(task: Task): void;
  /** Adds one. */
  push(task: Task): void;
}

export function isTaskQueue(value: unknown): value is TaskQueue {
  if (typeof value !== 'object' || value === null) return false;
  const { size, shift, remove, push } = value as Partial<TaskQueue>;
  return typeof size === 'number' && [shift, remove, push].every((method) => typeof method === 'function');
}

/** First in, first out, in one array. Shifting costs its length: for short queues. */
export class ArrayTaskQueue implements TaskQueue {
  /** Those that wait, the next one first. */
  tasks: Task[] = [];

  /** How many wait. */
  get size(): number {
    return this.tasks.length;
  }

  /** Takes the next one out; `null` if none waits. */
  shift(): Task | null {
    return this.tasks.shift() ?? null;
  }

  /** Adds one at the end. */
  push(task: Task): void {
    this.tasks.push(task);
  }

  /** Adds one that is next. */
  unshift(task: Task): void {
    this.tasks.unshift(task);
  }

  /** Takes one out, wherever it stands. */
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

  /** How many wait. */
  get size(): number {
    return this.#out.length + this.#in.length;
  }

  /** Whether none waits. */
  isEmpty(): boolean {
    return this.size === 0;
  }

  /** Adds one at the end. */
  push(task: Task): void {
    this.#in.push(task);
  }

  /** Adds one that is next. */
  unshift(task: Task): void {
    this.#out.push(task);
  }

  /** Takes the next one out; `null` if none waits. */
  shift(): Task | null {
    if (this.#out.length === 0) {
      this.#out = this.#in.reverse();
      this.#in = [];
    }
    return this.#out.pop() ?? null;
  }

  /** Takes one out, wherever it stands. */
  remove(task: Task): void {
    for (const list of [this.#out, this.#in]) {
      const index = list.indexOf(task);
      if (index < 0) continue;
      list.splice(index, 1);
      return;
    }
  }
}
