/** Thread time is remembered over about this long, in milliseconds of thread time. */
const MEMORY = 10_000;

/** Keeps recovery work within its share of thread time as long as fresh tasks wait. */
export class RecoveryBudget {
  readonly #share: number;
  #recovery = 0;
  #total = 0;

  /** @param share of thread time, 0 to 1 */
  constructor(share: number) {
    this.#share = share;
  }

  /** Whether recovery work goes before fresh tasks now. */
  allows(): boolean {
    return this.#recovery < this.#share * this.#total || (this.#total === 0 && this.#share > 0);
  }

  spend(ms: number, recovery: boolean): void {
    this.#total += ms;
    if (recovery) this.#recovery += ms;
    if (this.#total > MEMORY) {
      this.#total /= 2;
      this.#recovery /= 2;
    }
  }

  /** What is left of the budget: 1 when no recovery work was done lately, 0 when it is used up. */
  get available(): number {
    if (this.#share === 0) return 0;
    if (this.#total === 0) return 1;
    return Math.max(0, 1 - this.#recovery / (this.#share * this.#total));
  }
}
