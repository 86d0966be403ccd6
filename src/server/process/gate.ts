/** Between the mailbox and the log: while it is shut, messages wait, and nothing that waits is handled. */
export class Gate {
  /** Counts nested suspensions no more than OTP does: one resumption opens it. */
  #state: 'open' | 'shut' = 'open';
  /** Those who wait until nothing is under way any more. */
  #waiting: (() => void)[] = [];

  get isShut(): boolean {
    return this.#state === 'shut';
  }

  /** Resolves when what was under way has been handled, or the gate is opened again. */
  shut(): Promise<void> {
    this.#state = 'shut';
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  open(): void {
    this.#state = 'open';
    this.#tell();
  }

  /** @param underWay messages that are in the log and not answered */
  look(underWay: number): void {
    if (underWay === 0) this.#tell();
  }

  #tell(): void {
    if (this.#waiting.length > 0) for (const tell of this.#waiting.splice(0)) tell();
  }
}
