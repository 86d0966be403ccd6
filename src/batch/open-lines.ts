import type { OpenLine } from './open-line.ts';

/** A power of two, and more than a map has on its way by itself. */
const PLACES = 4_096;

/**
 * The lines that are on their way, by the number that the pool knows them by. Numbers go up by one, and most lines are
 * done soon, so a place in a ring finds nearly all; a line whose place is still taken by a slow one goes into a map.
 */
export class OpenLines {
  readonly #ring: (OpenLine | undefined)[] = new Array(PLACES).fill(undefined);
  /** The number that a place in the ring holds. */
  readonly #numbers = new Float64Array(PLACES).fill(-1);
  readonly #others = new Map<number, OpenLine>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(number: number, line: OpenLine): void {
    const place = number % PLACES;
    this.#size++;
    if (this.#ring[place] !== undefined) {
      this.#others.set(number, line);
      return;
    }
    this.#ring[place] = line;
    this.#numbers[place] = number;
  }

  /** Removes a line; undefined if there is none of that number. */
  take(number: number): OpenLine | undefined {
    const place = number % PLACES;
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
