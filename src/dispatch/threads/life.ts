import { Latch } from '../../core/latch.ts';

/** The two turns in the life of a thread that somebody waits for. */
export class Life {
  readonly started: Latch = new Latch();
  readonly ended: Latch = new Latch();
}
