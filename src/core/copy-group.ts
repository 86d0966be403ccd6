interface Bars {
  readonly keys: readonly number[];
  readonly text: string;
}

/** Bars of one thread, which are the most frequent: groups share them. Keys are never used again, so that old ones are forgotten. */
const alone = new Map<number, Bars>();
const MOST_ALONE = 256;

function onlyOf(key: number): Bars {
  const known = alone.get(key);
  if (known !== undefined) return known;
  if (alone.size >= MOST_ALONE) alone.clear();
  const bars: Bars = { keys: [key], text: String(key) };
  alone.set(key, bars);
  return bars;
}

/**
 * The copies of one task. No two of them run on one thread, so that one thread never has two ballots. As soon as one is queued, only
 * the backlog changes which threads are barred, because it keeps the copies that wait in an order that depends on it.
 */
export class CopyGroup {
  /** Keys of the threads that have run a copy, or are about to; ascending. */
  #barred: readonly number[] = [];
  #bars: string | undefined = '';
  /** Number of the attempt that was handed to a thread when no other was with one: it stands for the task where tasks are counted. */
  leader = 0;
  /** Where those threads live, as far as that matters; by key. */
  #domains: Map<number, string> | undefined;
  /** Copies that wait in the backlog, which alone changes this. */
  readonly waiting: { readonly number: number }[] = [];

  get barred(): readonly number[] {
    return this.#barred;
  }

  /** The domains in which copies have run, or are about to. */
  get domains(): readonly string[] {
    return this.#domains === undefined ? [] : [...this.#domains.values()];
  }

  /** The same as text: groups with the same may wait together. It is rarely needed, because copies rarely wait. */
  get bars(): string {
    this.#bars ??= this.#barred.join();
    return this.#bars;
  }

  bar(key: number, domain?: string): void {
    if (domain !== undefined) this.#domains = (this.#domains ?? new Map<number, string>()).set(key, domain);
    const before = this.#barred;
    if (before.length === 0) {
      const { keys, text } = onlyOf(key);
      this.#barred = keys;
      this.#bars = text;
    } else if (!before.includes(key)) {
      this.#barred = key > before.at(-1)! ? [...before, key] : [...before, key].sort((a, b) => a - b);
      this.#bars = undefined;
    }
  }

  unbar(key: number): void {
    this.#domains?.delete(key);
    this.#barred = this.#barred.filter((barred) => barred !== key);
    this.#bars = undefined;
  }
}
