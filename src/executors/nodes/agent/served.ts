/** Sessions that are remembered. */
const MOST = 256;

/** The sessions that a node has served last: a pool that waits for its answer knocks again, and is not served twice. */
export class Served {
  readonly #sessions = new Set<string>();

  has(session: string): boolean {
    return this.#sessions.has(session);
  }

  add(session: string): void {
    this.#sessions.add(session);
    if (this.#sessions.size > MOST) this.#sessions.delete(this.#sessions.values().next().value!);
  }
}
