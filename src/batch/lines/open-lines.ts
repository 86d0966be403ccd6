import type { OpenLine } from './open-line.ts';

/** The line of one call of the task, or its lines where a call has several. */
export type OpenCall = OpenLine | readonly OpenLine[];

/** The lines of a call. */
export function linesOf(call: OpenCall): readonly OpenLine[] {
  return Array.isArray(call) ? (call as readonly OpenLine[]) : [call as OpenLine];
}

/**
 * The calls that are on their way, by the number that the pool knows them by. Numbers go up by one, and most calls are
 * done soon, so a place in a ring finds nearly all; a call whose place is still taken by a slow one goes into a map.
 */
export class OpenLines {
  readonly #places: number;
  readonly #ring: (OpenCall | undefined)[];
  /** The number that a place in the ring holds. */
  readonly #numbers: Float64Array;
  readonly #others = new Map<number, OpenCall>();
  #size = 0;

  /** @param most calls that are usually open at once */
  constructor(most: number) {
    this.#places = 2 * most;
    this.#ring = new Array(this.#places).fill(undefined);
    this.#numbers = new Float64Array(this.#places).fill(-1);
  }

  /** Lines, not calls. */
  get size(): number {
    return this.#size;
  }

  add(number: number, call: OpenCall): void {
    const place = number % this.#places;
    this.#size += Array.isArray(call) ? call.length : 1;
    if (this.#ring[place] !== undefined) {
      this.#others.set(number, call);
      return;
    }
    this.#ring[place] = call;
    this.#numbers[place] = number;
  }

  /** The `count` lines that have been open longest. */
  oldest(count: number): OpenLine[] {
    const calls = [...this.#ring.filter((call) => call !== undefined), ...this.#others.values()];
    const all = calls.flatMap((call) => linesOf(call));
    return all.sort((a, b) => a.since - b.since || a.index - b.index).slice(0, count);
  }

  /** The call with that number; undefined if it is not open. */
  find(number: number): OpenCall | undefined {
    const place = number % this.#places;
    return this.#numbers[place] === number ? this.#ring[place] : this.#others.get(number);
  }

  /** Removes a call; undefined if no open call has that number. */
  take(number: number): OpenCall | undefined {
    const place = number % this.#places;
    const call = this.find(number);
    if (call === undefined) return undefined;
    if (this.#numbers[place] === number) {
      this.#ring[place] = undefined;
      this.#numbers[place] = -1;
    } else this.#others.delete(number);
    this.#size -= Array.isArray(call) ? call.length : 1;
    return call;
  }
}
