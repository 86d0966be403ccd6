import type { Attempt } from '../core/task.ts';

/** How many attempts that do not fit a thread are passed over before it is told that there is nothing for it. */
const LOOK_AHEAD = 512;

/** First in, first out, as a chain through the attempts themselves: removing one from the middle costs nothing. */
class Chain {
  readonly priority: number;
  head: Attempt | undefined;
  tail: Attempt | undefined;

  constructor(priority: number) {
    this.priority = priority;
  }

  push(attempt: Attempt): void {
    attempt.before = this.tail;
    attempt.after = undefined;
    if (this.tail === undefined) this.head = attempt;
    else this.tail.after = attempt;
    this.tail = attempt;
  }

  unshift(attempt: Attempt): void {
    attempt.before = undefined;
    attempt.after = this.head;
    if (this.head === undefined) this.tail = attempt;
    else this.head.before = attempt;
    this.head = attempt;
  }

  remove(attempt: Attempt): void {
    if (attempt.before === undefined) this.head = attempt.after;
    else attempt.before.after = attempt.after;
    if (attempt.after === undefined) this.tail = attempt.before;
    else attempt.after.before = attempt.before;
    attempt.before = undefined;
    attempt.after = undefined;
  }
}

/** Attempts by priority, higher first, and first in first out within one. */
export class PriorityList {
  /** Descending; a chain that runs empty goes, unless it is the only one. */
  readonly #chains: Chain[] = [new Chain(0)];
  size = 0;

  push(attempt: Attempt): void {
    this.#chainFor(attempt).push(attempt);
    this.size++;
  }

  unshift(attempt: Attempt): void {
    this.#chainFor(attempt).unshift(attempt);
    this.size++;
  }

  remove(attempt: Attempt): void {
    const chain = this.#chainFor(attempt);
    chain.remove(attempt);
    this.size--;
    if (chain.head === undefined && chain.priority !== 0) this.#chains.splice(this.#chains.indexOf(chain), 1);
  }

  first(): Attempt | undefined {
    for (const chain of this.#chains) if (chain.head !== undefined) return chain.head;
    return undefined;
  }

  take(max: number, fits: (attempt: Attempt) => boolean): Attempt[] {
    const taken: Attempt[] = [];
    let seen = 0;
    for (let c = 0; c < this.#chains.length && taken.length < max; c++) {
      for (let attempt = this.#chains[c]!.head; attempt !== undefined && taken.length < max && seen < LOOK_AHEAD; ) {
        const next: Attempt | undefined = attempt.after;
        const alone = travelsAlone(attempt);
        if (alone && taken.length > 0) return this.#removed(taken);
        if (!fits(attempt)) {
          seen++;
        } else {
          taken.push(attempt);
          if (alone) return this.#removed(taken);
        }
        attempt = next;
      }
    }
    return this.#removed(taken);
  }

  *[Symbol.iterator](): Generator<Attempt> {
    for (const chain of this.#chains) {
      for (let attempt = chain.head; attempt !== undefined; ) {
        const next: Attempt | undefined = attempt.after;
        yield attempt;
        attempt = next;
      }
    }
  }

  #removed(taken: Attempt[]): Attempt[] {
    for (const attempt of taken) this.remove(attempt);
    return taken;
  }

  #chainFor(attempt: Attempt): Chain {
    const { priority } = attempt.task.spec;
    const first = this.#chains[0]!;
    if (first.priority === priority) return first;
    let at = 0;
    while (at < this.#chains.length && this.#chains[at]!.priority > priority) at++;
    const found = this.#chains[at];
    if (found?.priority === priority) return found;
    const chain = new Chain(priority);
    this.#chains.splice(at, 0, chain);
    return chain;
  }
}

/** What may be started only once must not be in doubt when a neighbour dies; moved memory belongs to one message. */
function travelsAlone(attempt: Attempt): boolean {
  const { task, placement } = attempt;
  return !task.spec.idempotent || placement?.alone === true || placement?.fresh === true || task.extras?.transferList !== undefined;
}
