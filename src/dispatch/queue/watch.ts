import type { Attempt } from '../../core/task.ts';

/** Counts how often an attempt is passed while it waits: one attempt after the other. */
export class Watch {
  readonly #limit: number;
  #attempt: Attempt | undefined;
  /** Bundles that were handed out before it since it is watched. */
  #passes = 0;
  /** How often those had been passed that were handed out. They may come back. */
  readonly #before = new WeakMap<Attempt, number>();

  /** @param limit passes, for each thread, after which an attempt is due */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isOn(): boolean {
    return this.#attempt !== undefined;
  }

  get attempt(): Attempt | undefined {
    return this.#attempt;
  }

  /** Looks whether the attempt still waits. */
  look(): void {
    if (this.#attempt === undefined || this.#attempt.state === 'queued') return;
    this.#before.set(this.#attempt, this.#passes);
    this.#attempt = undefined;
  }

  /** The attempt was passed, and is the one to watch. */
  passed(attempt: Attempt | undefined): void {
    if (attempt !== this.#attempt) {
      this.#attempt = attempt;
      this.#passes = (attempt && this.#before.get(attempt)) ?? 0;
    }
    this.#passes++;
  }

  end(): void {
    this.#attempt = undefined;
  }

  due(threads: number): Attempt | undefined {
    return this.#isDue(this.#passes, threads) ? this.#attempt : undefined;
  }

  /** Whether the attempt was due when it was handed out. */
  wasDue(attempt: Attempt, threads: number): boolean {
    return this.#isDue(this.#before.get(attempt) ?? 0, threads);
  }

  #isDue(passes: number, threads: number): boolean {
    return passes >= this.#limit * Math.max(1, threads);
  }
}
