/** What can stand in the list. */
export interface OpenItem {
  earlier: OpenItem | undefined;
  later: OpenItem | undefined;
}

/** The items of one map that are on their way, in order, as a list through the items themselves: it costs the map nothing but its own. */
export class OpenItems<Item extends OpenItem> {
  #first: OpenItem | undefined;
  #last: OpenItem | undefined;

  add(item: Item): void {
    item.earlier = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.later = item;
    this.#last = item;
  }

  remove(item: Item): void {
    const { earlier, later } = item;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    item.earlier = undefined;
    item.later = undefined;
  }

  /** Those that are open now, oldest first. */
  all(): Item[] {
    const all: Item[] = [];
    for (let item = this.#first; item !== undefined; item = item.later) all.push(item as Item);
    return all;
  }
}
