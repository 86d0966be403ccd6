import { ControlBlock } from '../core/wire/control-block.ts';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const { load, wait } = Atomics;
const afterTurn = setImmediate;
const now: () => number = performance.now.bind(performance);

/** Milliseconds for which a thread sleeps in `Atomics.wait` after its last task, ready to be woken in microseconds. */
const WATCHFUL = 20;
/** Milliseconds at a stretch; then its event loop turns, so that timers and late errors of its tasks are never held up longer. */
const SLICE = 1;

/**
 * How a thread waits for work. Woken through shared memory it starts a task several times sooner than through its event loop,
 * but nothing else runs while it sleeps: so it sleeps in slices, and only while work is likely.
 */
export class Rest {
  readonly #words: Int32Array;
  readonly #arrived: () => boolean;
  #state: 'off' | 'watchful' = 'off';
  #since = 0;

  /** @param arrived takes what has arrived and starts on it; false if there was nothing. */
  constructor(control: Pick<ControlBlock, 'words'>, arrived: () => boolean) {
    this.#words = control.words;
    this.#arrived = arrived;
  }

  begin(): void {
    this.#since = now();
    if (this.#state === 'watchful') return;
    this.#state = 'watchful';
    this.#slice();
  }

  #slice(): void {
    const seen = load(this.#words, ControlBlock.WAKE);
    if (!this.#arrived()) {
      wait(this.#words, ControlBlock.WAKE, seen, SLICE);
      if (!this.#arrived() && now() - this.#since < WATCHFUL) {
        afterTurn(() => this.#slice());
        return;
      }
    }
    this.#state = 'off';
  }
}
