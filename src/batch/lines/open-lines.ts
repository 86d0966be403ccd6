import type { OpenLine } from './open-line.ts';

/**
 * The lines that are on their way, by the number that the pool knows them by. Numbers go up by one, and most lines are
 * done soon, so a place in a ring finds nearly all; a line whose place is still taken by a slow one goes into a map.
 */
export class OpenLines {
  readonly #places: number;
  readonly #ring: (OpenLine | undefined)[];
  /** The number that a place in the ring holds. */
  readonly #numbers: Float64Array;
  readonly #others = new Map<number, OpenLine>();
  #size = 0;

  /** @param most lines that are usually open at once */
  constructor(most: number) {
    this.#places = 2 * most;
    this.#ring = new Array(this.#places).fill(undefined);
    this.#numbers = new Float64Array(this.#places).fill(-1);
  }

  get size(): number {
    return this.#size;
  }

  add(number: number, line: OpenLine): void {
    const place = number % this.#places;
    this.#size++;
    if (this.#ring[place] !== undefined) {
      this.#others.set(number, line);
      return;
    }
    this.#ring[place] = line;
    this.#numbers[place] = number;
  }

  /** The `count` that have been open longest. */
  oldest(count: number): OpenLine[] {
    const all = [...this.#ring.filter((line) => line !== undefined), ...this.#others.values()];
    return all.sort((a, b) => a.since - b.since || a.index - b.index).slice(0, count);
  }

  /** Removes a line; undefined if no open line has that number. */
  take(number: number): OpenLine | undefined {
    const place = number % this.#places;
    const line = this.#numbers[place] === number ? this.#ring[place] : this.#others.get(number);
    if (line === undefined) return undefined;
    if (this.#numbers[place] === number) {
      this.#ring[place] = undefined;
      this.#numbers[place] = -1;
    } else this.#others.delete(number);
    this.#size--;
    return line;
  }
}
