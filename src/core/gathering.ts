import type { Work } from './watch.ts';

/** Who has reports that are gathered: a thread. */
export interface Gathers {
  gathered: Gathered | undefined;
}

/** The reports of one thread that are told as one. In a flood, a report costs a comparison and three sums here, whatever it holds. */
export class Gathered {
  readonly #first: Work;
  readonly #closesAt: number;
  #count = 0;
  #busy = 0;
  #until: number;

  constructor(first: Work, closesAt: number) {
    this.#first = first;
    this.#closesAt = closesAt;
    this.#until = first.times.at(-1)!;
  }

  /** Whether a report is told with the others. All its attempts must simply have returned. */
  takes(times: readonly number[]): boolean {
    const last = times.length - 1;
    const until = times[last]!;
    if (until > this.#closesAt) return false;
    this.#count += last;
    this.#busy += until - times[0]!;
    this.#until = until;
    return true;
  }

  get work(): Work {
    if (this.#count === 0) return this.#first;
    return { ...this.#first, further: { count: this.#count, busy: this.#busy, until: this.#until } };
  }
}
