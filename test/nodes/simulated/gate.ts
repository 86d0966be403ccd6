import { settlePromises } from '../../simulation/world/process-globals.ts';

/** What is to be done waits here while it cannot be done: the program is stopped, or its loop is blocked. */
export class Gate {
  readonly #held: (() => void)[] = [];
  /** Reasons to be shut. */
  #bars = 0;
  #gone = false;

  get isOpen(): boolean {
    return this.#bars === 0 && !this.#gone;
  }

  /** Does it now, or when the gate is open again. */
  turn(fn: () => void): void {
    if (this.#gone) return;
    if (this.#bars > 0) this.#held.push(fn);
    else fn();
  }

  shut(): void {
    this.#bars++;
  }

  /** One reason less. What has waited is done in order, each with all that follows from it. */
  open(): void {
    this.#bars--;
    while (this.isOpen && this.#held.length > 0) {
      this.#held.shift()!();
      settlePromises();
    }
  }

  /** Nothing is done here any more. */
  end(): void {
    this.#gone = true;
    this.#held.length = 0;
  }
}
