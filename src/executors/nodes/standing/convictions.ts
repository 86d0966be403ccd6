/** A node whose results were found wrong this often is out of service. */
const LIMIT = 2;
/** Nodes that are remembered. */
const KEPT = 1_024;

/** Nodes whose results were found wrong. One that was lost and is found again is the same node, until it is started anew: then it has another id. */
export class Convictions {
  readonly #counts = new Map<string, number>();

  /** @returns whether this one takes the node out of service */
  add(node: string): boolean {
    const count = (this.#counts.get(node) ?? 0) + 1;
    this.#counts.delete(node);
    this.#counts.set(node, count);
    if (this.#counts.size > KEPT) this.#counts.delete(this.#counts.keys().next().value!);
    return count === LIMIT;
  }

  bar(node: string): boolean {
    return (this.#counts.get(node) ?? 0) >= LIMIT;
  }
}
