import { BEAT } from './beat.ts';

// Taken before code of the user can put something in their place: see intrinsics.ts.
const { add, compareExchange, load, notify, store, wait } = Atomics;

/** Most items that a bundle may hold: an index must fit the low bits of a cursor. */
export const MAX_BUNDLE = 192;
const INDEX_MASK = (1 << 8) - 1;
/** Set in a cursor that was revoked, beside the index: what was claimed until then can still be read. */
const REVOKED = 1 << 8;
/** The number of the bundle stands above these bits. */
const INDEX_BITS = 9;

/** Above 0 if the word is a later bundle's, below if it is an earlier one's. Numbers go round. */
function distance(word: number, bundle: number): number {
  return ((word >> INDEX_BITS) - bundle) << INDEX_BITS;
}

/**
 * How far a bundle has come. Where a later one has its word, the thread is long done with it. An earlier one still has it in a mirror,
 * which is written to only when an item is claimed.
 */
function progress(word: number, bundle: number): number {
  const ahead = distance(word, bundle);
  return ahead === 0 ? word & INDEX_MASK : ahead > 0 ? MAX_BUNDLE : 0;
}

/**
 * The control block of a thread: shared memory that both sides read and write while the thread computes.
 * Cursors stand in a ring, one word a bundle. A word holds the number of its bundle beside the index, so that a bundle
 * whose word has been given to a later one is seen to be revoked. No word is given to a later one while the thread has its bundle:
 * the manager sees to that.
 */
export class ControlBlock {
  static readonly RING = 8;
  /** Length of the block, in bytes. */
  static readonly BYTES: number = 32 + (5 + 2 * ControlBlock.RING) * 4;
  readonly buffer: SharedArrayBuffer;
  /** Woken when there is something to receive. */
  readonly words: Int32Array;
  readonly #floats: Float64Array;

  static readonly WAKE = 0;
  static readonly #ABORT = 1;
  static readonly #SEEN = 2;
  static readonly #CLAIMED = 3;
  static readonly #DONE = ControlBlock.#CLAIMED + ControlBlock.RING;
  static readonly #SENDING = ControlBlock.#DONE + ControlBlock.RING;
  static readonly #PASSED_ON = ControlBlock.#SENDING + 1;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(ControlBlock.BYTES);
    this.#floats = new Float64Array(this.buffer, 0, 4);
    this.words = new Int32Array(this.buffer, 32);
  }

  /** Manager, before it posts the bundle. */
  open(bundle: number): void {
    const slot = bundle % ControlBlock.RING;
    store(this.words, ControlBlock.#DONE + slot, bundle << INDEX_BITS);
    store(this.words, ControlBlock.#CLAIMED + slot, bundle << INDEX_BITS);
  }

  /** Thread: it has begun with this bundle, or found it revoked. Told as the end of an item is. */
  see(bundle: number): void {
    store(this.words, ControlBlock.#SEEN, bundle);
  }

  /** Manager: the last bundle that the thread has looked at. */
  get seen(): number {
    return load(this.words, ControlBlock.#SEEN);
  }

  /** Thread: takes item `index`; false if the manager has taken it back. */
  claim(bundle: number, index: number): boolean {
    const word = (bundle << INDEX_BITS) | index;
    return compareExchange(this.words, ControlBlock.#CLAIMED + (bundle % ControlBlock.RING), word, word + 1) === word;
  }

  /** Thread: item `index` has ended. Told with the claim of the next one, which follows at once, or by `tell`. */
  finish(bundle: number, index: number): void {
    store(this.words, ControlBlock.#DONE + (bundle % ControlBlock.RING), (bundle << INDEX_BITS) | (index + 1));
  }

  /** Thread: the manager no longer sees what is written here. Only where the block is a file can that be. */
  get isLost(): boolean {
    return false;
  }

  /** Thread: code of the user may have run since it wrote last. */
  doubt(): void {}

  /** Thread: what it has stored must be there for the manager to see before anything else happens. In shared memory it is. */
  tell(): void {}

  /** Thread: it begins to send results while an item waits, or is done with it. Cloning them may take forever, and that is not the item's fault. */
  sends(begins: boolean): void {
    store(this.words, ControlBlock.#SENDING, begins ? 1 : 0);
  }

  /** Manager: whether it does so now. */
  get sending(): boolean {
    return load(this.words, ControlBlock.#SENDING) === 1;
  }

  /** Process of the thread, if it is not the manager's: this report is on its way to the manager, and nothing that happens here can stop it. */
  passedOn(bundle: number, items: number): void {
    store(this.words, ControlBlock.#PASSED_ON, (bundle << INDEX_BITS) | items);
    notify(this.words, ControlBlock.#PASSED_ON);
  }

  /** Thread: waits until this report has been passed on. Where reports go out directly, it is on its way already. */
  awaitPassedOn(_bundle: number, _items: number): void {}

  /** At most this many milliseconds, for the sake of a process that is about to end. */
  protected waitForPassedOn(bundle: number, items: number, ms: number): void {
    const word = (bundle << INDEX_BITS) | items;
    for (;;) {
      const seen = load(this.words, ControlBlock.#PASSED_ON);
      if (seen === word || wait(this.words, ControlBlock.#PASSED_ON, seen, ms) === 'timed-out') return;
    }
  }

  /** Thread: the item waits for its task module to load, or no longer: then its time begins. */
  loads(begins: boolean): void {
    store(this.words, ControlBlock.#SENDING, begins ? 2 : 0);
  }

  /** Manager: whether the item waits for its task module. */
  get loading(): boolean {
    return load(this.words, ControlBlock.#SENDING) === 2;
  }

  /** Manager: takes back what is not claimed; returns the number of items that were. */
  revoke(bundle: number): number {
    const at = ControlBlock.#CLAIMED + (bundle % ControlBlock.RING);
    for (;;) {
      const word = load(this.words, at);
      // Words that are another bundle's are not this one's to revoke.
      if (distance(word, bundle) !== 0) return progress(word, bundle);
      if (compareExchange(this.words, at, word, word | REVOKED) === word) return word & INDEX_MASK;
    }
  }

  /** Manager: items claimed so far. */
  claimed(bundle: number): number {
    return progress(load(this.words, ControlBlock.#CLAIMED + (bundle % ControlBlock.RING)), bundle);
  }

  /** Manager: items that have ended. */
  finished(bundle: number): number {
    return progress(load(this.words, ControlBlock.#DONE + (bundle % ControlBlock.RING)), bundle);
  }

  /** Start of the current item on the manager's clock. Written before the claim, so that it is never too old. */
  get startedAt(): number {
    return this.#floats[0]!;
  }

  set startedAt(now: number) {
    this.#floats[0] = now;
  }

  /** Bytes of the thread's heap in use, measured now and then; 0 before the first time. */
  get heapUsed(): number {
    return this.#floats[1]!;
  }

  set heapUsed(bytes: number) {
    this.#floats[1] = bytes;
  }

  /** Thread: the item waits from now on, and its event loop ought to turn; 0: it waits no longer. */
  waits(now: number): void {
    this.#floats[3] = 0;
    this.#floats[2] = now;
  }

  beat(now: number): void {
    this.#floats[3] = this.stolenAt(now);
    this.#floats[2] = now;
  }

  /** Milliseconds for which other code of the thread has kept the waiting item from going on. */
  stolenAt(now: number): number {
    return this.#floats[2] === 0 ? 0 : this.#floats[3]! + (now - this.#floats[2]! > 2 * BEAT ? now - this.#floats[2]! - 2 * BEAT : 0);
  }

  /** Manager: asks the item to stop. */
  abort(bundle: number, index: number): void {
    store(this.words, ControlBlock.#ABORT, ((bundle << INDEX_BITS) | index) + 1);
  }

  aborted(bundle: number, index: number): boolean {
    return load(this.words, ControlBlock.#ABORT) === ((bundle << INDEX_BITS) | index) + 1;
  }

  /** Manager: wakes a thread that waits in `Atomics.wait`. */
  wake(): void {
    add(this.words, ControlBlock.WAKE, 1);
    notify(this.words, ControlBlock.WAKE);
  }
}
