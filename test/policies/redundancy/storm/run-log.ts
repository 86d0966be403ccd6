/** One run of a task to its end, in a thread. */
export interface Run {
  readonly taskId: number;
  readonly attempt: number;
  readonly replica: number;
  readonly threadId: number;
}

const WORDS = 4;

/** Runs, as the threads write them down themselves: what the pool tells of them can be held against it. */
export class RunLog {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  static for(runs: number): RunLog {
    return new RunLog(new SharedArrayBuffer(4 * (1 + WORDS * runs)));
  }

  get size(): number {
    return Atomics.load(this.#words, 0);
  }

  add({ taskId, attempt, replica, threadId }: Run): void {
    const at = 1 + WORDS * Atomics.add(this.#words, 0, 1);
    if (at + WORDS > this.#words.length) throw new RangeError('The log of runs is full.');
    this.#words.set([taskId, attempt, replica, threadId], at);
  }

  /** Attempts that ran to the end, however often. */
  get attempts(): number {
    let attempts = 0;
    for (const runs of this.byTask().values()) attempts += new Set(runs.map(({ attempt }) => attempt)).size;
    return attempts;
  }

  /** All runs, by task. */
  byTask(): Map<number, Run[]> {
    const runs = new Map<number, Run[]>();
    for (let i = 0, at = 1; i < this.size; i++, at += WORDS) {
      const [taskId, attempt, replica, threadId] = this.#words.subarray(at, at + WORDS) as unknown as [number, number, number, number];
      const known = runs.get(taskId);
      const run = { taskId, attempt, replica, threadId };
      if (known === undefined) runs.set(taskId, [run]);
      else known.push(run);
    }
    return runs;
  }
}
