import type { KeepAlive } from '../../../src/pool/keep-alive.ts';

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
