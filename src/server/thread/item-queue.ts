import type { Item } from '../wire.ts';

/** Messages that have arrived and were not handled yet, in the bundles in which they came. */
export class ItemQueue {
  #items: readonly Item[] = [];
  #head = 0;
  readonly #more: (readonly Item[])[] = [];

  add(items: readonly Item[]): void {
    if (this.#head < this.#items.length) {
      this.#more.push(items);
      return;
    }
    this.#items = items;
    this.#head = 0;
  }

  get isEmpty(): boolean {
    return this.#head === this.#items.length && this.#more.length === 0;
  }

  next(): Item | undefined {
    if (this.#head === this.#items.length) {
      this.#items = this.#more.shift() ?? [];
      this.#head = 0;
    }
    return this.#head < this.#items.length ? this.#items[this.#head++] : undefined;
  }
}
