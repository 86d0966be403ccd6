import type { World } from '../world/world.ts';
import type { Start } from './truth.ts';

/**
 * The retry budget, measured from outside: of all thread time, the share that went to recovery work which was handed out while
 * fresh tasks waited. The pool decides when it hands work out, and learns later how long it took: so a thread's worth of work
 * each may be too much, and only what is clear is called a violation.
 */
export class BudgetCheck {
  readonly #world: World;
  #total = 0;
  #contended = 0;
  #longest = 0;

  constructor(world: World) {
    this.#world = world;
  }

  ended({ at, endedAt, contended }: Start): void {
    const took = endedAt - at;
    this.#total += took;
    if (contended) this.#contended += took;
    if (took > this.#longest) this.#longest = took;
  }

  /** At the end of a seed. */
  look(): void {
    const { threads, retryBudget = 0.4 } = this.#world.climate.pool;
    // The pool remembers about ten seconds: excesses of that order are forgiven.
    if (this.#world.pauses.strike) return; // The pool counts other times than these.
    if (this.#longest > 100 || this.#total < 1000) return;
    const allowed = (retryBudget + 0.1) * this.#total + 4 * threads * (this.#longest + 1);
    if (this.#contended > allowed)
      this.#world.fail(`recovery work took ${this.#contended} of ${this.#total} ms while fresh tasks waited; the budget is ${retryBudget}`);
  }
}
