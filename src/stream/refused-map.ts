import type { Settled } from './settled.ts';

type Result = IteratorResult<never, undefined>;

/** What a call of `map` gives that cannot be carried out: it rejects like `run` does, once, and is over. */
export class RefusedMap {
  #refusal: { readonly error: unknown } | undefined;

  constructor(error: unknown) {
    this.#refusal = { error };
  }

  async next(): Promise<Result> {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal !== undefined) throw refusal.error;
    return { value: undefined, done: true };
  }

  async return(): Promise<Result> {
    this.#refusal = undefined;
    return { value: undefined, done: true };
  }

  poll(): Settled<never> | undefined {
    return undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
