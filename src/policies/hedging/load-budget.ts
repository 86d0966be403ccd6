/** The number of different shares that are remembered. Beyond it the one that was named longest ago is forgotten, with what it has saved. */
const MOST = 32;

/** What copies may cost the tasks that name the same share: each millisecond of their ordinary work earns that share of a millisecond. */
export class LoadBudget {
  readonly share: number;
  /** Milliseconds that copies may still take; below 0 when some took longer than was thought. */
  #credit = 0;

  constructor(share: number) {
    this.share = share;
  }

  earn(ms: number): void {
    this.#credit += ms * this.share;
  }

  /** Milliseconds that a copy takes, or was thought to; below 0 gives back. */
  spend(ms: number): void {
    this.#credit -= ms;
  }

  affords(ms: number): boolean {
    return this.#credit > 0 && this.#credit >= ms;
  }
}

/** One budget for each share that tasks name: no task spends what tasks with another share have earned. */
export class LoadBudgets {
  readonly #byShare = new Map<number, LoadBudget>();

  of(share: number): LoadBudget {
    const known = this.#byShare.get(share);
    if (known !== undefined) return known;
    const budget = new LoadBudget(share);
    if (this.#byShare.size === MOST) this.#byShare.delete(this.#byShare.keys().next().value!);
    this.#byShare.set(share, budget);
    return budget;
  }
}
