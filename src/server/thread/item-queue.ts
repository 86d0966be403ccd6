import type { Item } from '../wire.ts';

/** Messages that have arrived and were not handled yet. */
export class ItemQueue {
  #items: readonly Item[] = [];
  #head = 0;

  /** Mostly one list follows another, which is taken as it came. */
  add(items: readonly Item[]): void {
    this.#items = this.#head === this.#items.length ? items : [...this.#items.slice(this.#head), ...items];
    this.#head = 0;
  }

  next(): Item | undefined {
    return this.#items[this.#head++] ?? this.#end();
  }

  #end(): undefined {
    this.#head = this.#items.length;
  }
}
