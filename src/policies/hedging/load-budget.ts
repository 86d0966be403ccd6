/** What copies may cost: each millisecond of ordinary work earns a share of one for copies. */
export class LoadBudget {
  /** Milliseconds that copies may still take; below 0 when some took longer than was thought. */
  #credit = 0;

  earn(ms: number, share: number): void {
    this.#credit += ms * share;
  }

  spend(ms: number): void {
    this.#credit -= ms;
  }

  /** @param owed milliseconds by which running copies are over what was spent on them */
  affords(ms: number, owed: number): boolean {
    return this.#credit - owed >= ms;
  }
}
