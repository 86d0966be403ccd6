import type { KeepAlive } from '../../../src/core/clock.ts';

/** Counts who holds the process alive. */
export class Hold implements KeepAlive {
  holders = 0;
  closed = false;

  hold(): void {
    this.holders++;
  }

  release(): void {
    this.holders--;
  }

  close(): void {
    this.closed = true;
  }
}
