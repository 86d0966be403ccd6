/** What can stand in a heap that knows its place as `P`: so it can be moved or taken out wherever it is. */
export type Placed<P extends string> = { [K in P]: number };

/** Not in the heap. */
export const NOWHERE: number = -1;

/** A binary heap that can also take out, or move, what does not stand first. */
export class IndexedHeap<P extends string, T extends Placed<P>> {
  readonly #items: T[] = [];
  readonly #place: P;
  readonly #goesBefore: (a: T, b: T) => boolean;

  /** @param place name of the field in which an item keeps where it stands; `NOWHERE` while it does not */
  constructor(place: P, goesBefore: (a: T, b: T) => boolean) {
    this.#place = place;
    this.#goesBefore = goesBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#items[Symbol.iterator]();
  }

  add(item: T): void {
    this.#put(item, this.#items.length);
    this.#rise(item);
  }

  remove(item: T): void {
    const at = item[this.#place];
    const last = this.#items.pop()!;
    (item as Placed<string>)[this.#place] = NOWHERE;
    if (last === item) return;
    this.#put(last, at);
    this.moved(last);
  }

  /** What decides its order has changed. */
  moved(item: T): void {
    this.#rise(item);
    this.#sink(item);
  }

  #rise(item: T): void {
    for (let at = item[this.#place] as number; at > 0; ) {
      const up = (at - 1) >> 1;
      const parent = this.#items[up]!;
      if (!this.#goesBefore(item, parent)) return;
      this.#put(parent, at);
      this.#put(item, up);
      at = up;
    }
  }

  #sink(item: T): void {
    for (let at = item[this.#place] as number; ; ) {
      let down = 2 * at + 1;
      if (down >= this.#items.length) return;
      if (down + 1 < this.#items.length && this.#goesBefore(this.#items[down + 1]!, this.#items[down]!)) down++;
      const child = this.#items[down]!;
      if (!this.#goesBefore(child, item)) return;
      this.#put(child, at);
      this.#put(item, down);
      at = down;
    }
  }

  #put(item: T, at: number): void {
    this.#items[at] = item;
    (item as Placed<string>)[this.#place] = at;
  }
}
