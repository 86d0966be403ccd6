/** Milliseconds that a node is left alone when sessions with it break again and again, at first and at most. */
const REST = { first: 500, most: 8_000 } as const;

/** How long a node is left alone before it is asked again. The first time not at all; sessions that have lasted count for nothing. */
export class Rest {
  #next = 0;
  #left = 0;
  /** Milliseconds since a session broke. */
  #since = Number.POSITIVE_INFINITY;

  begins(): void {
    this.#next = this.#since > 2 * REST.most ? 0 : Math.min(Math.max(REST.first, 2 * this.#next), REST.most);
    this.#left = this.#next;
    this.#since = 0;
  }

  /** Time goes by. */
  pass(elapsed: number): void {
    this.#since += elapsed;
    this.#left -= elapsed;
  }

  get isOver(): boolean {
    return this.#left <= 0;
  }
}
