import type { Backoff } from '../core/restart/backoff.ts';

type Operation = () => void | PromiseLike<void>;

/** Counts the lanes that are at work, so that a supervisor can wait until none is. */
export class Traffic {
  #busy = 0;
  #waiting: (() => void)[] = [];
  /** Hears of an operation that threw, which none should. */
  readonly failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.failed = failed;
  }

  enter(): void {
    this.#busy++;
  }

  leave(): void {
    if (--this.#busy > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when no lane is at work. */
  idle(): Promise<void> {
    return this.#busy === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/**
 * Runs operations one after the other, as an Erlang process works through its mailbox. Where children depend on each other they
 * share one lane; where they do not, each has its own, and the slow start of one delays no other.
 */
export class Lane {
  /** Used by the code that restarts the children of this lane. */
  backoff: Backoff | undefined;
  readonly #traffic: Traffic;
  #work: { kind: 'idle' } | { kind: 'busy'; queue: Operation[] } = IDLE;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  /** Runs `operation` now if the lane is free, in this very tick, else after those before it. */
  post(operation: Operation): void {
    if (this.#work.kind === 'busy') this.#work.queue.push(operation);
    else void this.#drain(operation);
  }

  /** The same, with an answer. */
  run<T>(operation: () => T | PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.post(async () => {
        try {
          resolve(await operation());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  async #drain(first: Operation): Promise<void> {
    const queue = [first];
    this.#work = { kind: 'busy', queue };
    this.#traffic.enter();
    // An index, and now and then a cut: shift() moves the whole of a long array for every element.
    for (let i = 0; i < queue.length; i++) {
      const operation = queue[i]!;
      queue[i] = DONE;
      try {
        await operation();
      } catch (error) {
        this.#traffic.failed(error);
      }
      if (i < 1_000) continue;
      queue.splice(0, i + 1);
      i = -1;
    }
    this.#work = IDLE;
    this.#traffic.leave();
  }
}

const IDLE = { kind: 'idle' } as const;
const DONE: Operation = () => {};
