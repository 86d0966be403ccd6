import type { KeepAlive } from '../../core/clock.ts';
import type { Deadlines } from '../log/deadlines.ts';

/** Keeps the program alive while a call waits for its answer. It looks once a turn: a call that follows on the reply to another one costs nothing. */
export class Vigil {
  readonly #keepAlive: KeepAlive;
  readonly #deadlines: Deadlines;
  #state: 'off' | 'on' = 'off';

  constructor(keepAlive: KeepAlive, deadlines: Deadlines) {
    this.#keepAlive = keepAlive;
    this.#deadlines = deadlines;
  }

  look(): void {
    const wanted = this.#deadlines.size > 0 ? 'on' : 'off';
    if (wanted === this.#state) return;
    this.#state = wanted;
    if (wanted === 'on') this.#keepAlive.hold();
    else this.#keepAlive.release();
  }
}
