import type { From } from '../define/context.ts';

/** Who waits for the answer to a call; settles once. */
export class Pending {
  readonly promise: Promise<unknown>;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  #state: 'waiting' | 'settled' = 'waiting';
  /** On the server's clock, in milliseconds. */
  readonly deadline: number;
  readonly timeout: number;
  readonly #onSettled: (pending: Pending) => void;

  constructor(timeout: number, deadline: number, onSettled: (pending: Pending) => void) {
    this.timeout = timeout;
    this.deadline = deadline;
    this.#onSettled = onSettled;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isSettled(): boolean {
    return this.#state === 'settled';
  }

  /** `false` if it was settled before: the reply comes too late, or a second time. */
  resolve(value: unknown): boolean {
    return this.#settle(() => this.#resolve(value));
  }

  reject(error: unknown): boolean {
    return this.#settle(() => this.#reject(error));
  }

  #settle(how: () => void): boolean {
    if (this.#state === 'settled') return false;
    this.#state = 'settled';
    how();
    this.#onSettled(this);
    return true;
  }
}

/** The call that a `From` names. */
export function callOf(from: unknown): From | undefined {
  const { server, call } = (from ?? {}) as Partial<From>;
  return typeof server === 'string' && typeof call === 'number' ? { server, call } : undefined;
}
