/**
 * Whether a node lives, as far as its beats tell. Only time counts in which its beats could have arrived: while the broker answered, and this program's
 * own loop was on time.
 */
export class Pulse {
  readonly #every: number;
  readonly #limit: number;
  #beat: string | undefined;
  #unseen = 0;
  /** Milliseconds since its last beat, of those that count. */
  silent = 0;
  /** Beats that came later than they should. */
  late = 0;

  /**
   * @param every milliseconds between two of its beats
   * @param silence milliseconds after which it is dead
   */
  constructor(every: number, silence: number) {
    this.#every = every;
    this.#limit = Math.max(silence, 4 * every);
  }

  /**
   * The broker has answered.
   * @param elapsed milliseconds since it did so before, of those that count
   * @returns `gone`: the broker has lost its connection as well, so that it need not be waited for
   */
  look(beat: string | undefined, connected: boolean | undefined, elapsed: number): 'alive' | 'gone' | 'silent' {
    if (beat !== undefined && beat !== this.#beat) {
      if (this.#beat !== undefined && this.silent > 2 * this.#every) this.late++;
      this.#beat = beat;
      this.silent = 0;
      this.#unseen = 0;
      return 'alive';
    }
    this.silent += elapsed;
    this.#unseen = connected === false ? this.#unseen + 1 : 0;
    if (this.silent >= this.#limit) return 'silent';
    return this.#unseen >= 2 && this.silent > 1.2 * this.#every ? 'gone' : 'alive';
  }
}
