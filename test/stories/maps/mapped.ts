import type { TestContext } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';

/** Numbers without end, and how far they were pulled. */
export class Source {
  pulled = 0;
  closed = 0;
  readonly #end: number;

  constructor(end: number = Number.POSITIVE_INFINITY) {
    this.#end = end;
  }

  *[Symbol.iterator](): Generator<number> {
    try {
      while (this.pulled < this.#end) yield this.pulled++;
    } finally {
      this.closed++;
    }
  }
}

export async function scriptOf(t: TestContext, threads = 1): Promise<Script> {
  const script = new Script(t, { threads, retry: false });
  for (let n = 1; n <= threads; n++) await script.thread(n).ready();
  return script;
}

/** Serves until nothing is left to be done. */
export async function serve(script: Script): Promise<void> {
  for (let done = 1; done > 0; ) {
    done = 0;
    await settle();
    for (const thread of script.threads) done += (await thread.work()).length;
    await script.clock.advance(3);
  }
}

export type Taken = { readonly values: unknown[]; error?: unknown; ended?: true };

/** A consumer that takes all it can get. */
export function takeAll(results: AsyncIterable<unknown>): Taken {
  const taken: Taken = { values: [] };
  void (async () => {
    try {
      for await (const value of results) taken.values.push(value);
    } catch (error) {
      taken.error = error;
    }
    taken.ended = true;
  })();
  return taken;
}
