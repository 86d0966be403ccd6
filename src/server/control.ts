import { PHASE, type Phase } from './wire.ts';

const { load, store } = Atomics;

/**
 * Memory that a thread of a server shares with the manager: it says which message is being handled and since when, also when the thread
 * can say nothing any more.
 */
export class Control {
  static readonly BYTES = 8 + 2 * 4;
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #startedAt: Float64Array;

  static readonly #PHASE = 0;
  static readonly #SEQ = 1;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(Control.BYTES);
    this.#startedAt = new Float64Array(this.buffer, 0, 1);
    this.#words = new Int32Array(this.buffer, 8, 2);
  }

  /** Thread: it begins with this message. `at`: milliseconds on the machine's monotonic clock. */
  begin(phase: Phase, seq: number, at: number): void {
    this.#startedAt[0] = at;
    store(this.#words, Control.#SEQ, seq);
    store(this.#words, Control.#PHASE, phase);
  }

  /** Thread: it is done with it. */
  end(): void {
    store(this.#words, Control.#PHASE, PHASE.idle);
  }

  /** Thread: code of the user may have run since it wrote last. */
  doubt(): void {}

  /** Manager: what the thread is at. Numbers of messages go round after 2^31. */
  get current(): { readonly phase: Phase; readonly seq: number; readonly startedAt: number } {
    return { phase: load(this.#words, Control.#PHASE) as Phase, seq: load(this.#words, Control.#SEQ), startedAt: this.#startedAt[0]! };
  }
}
