import fs from 'node:fs';
import { type FileIdentity, isStill } from '../core/foreign/same-file.ts';
import { ControlBlock } from '../core/wire/control-block.ts';

// Taken before code of the user can put something in its place: see core/foreign/intrinsics.ts.
const { writeSync } = fs;

/** Passing a report on takes the process some ten microseconds, unless others have its core. Milliseconds. */
const PATIENCE = 1_000;

/** Where a control block is written to as well: an open file, and a place in it. */
export interface MirrorPlace {
  readonly descriptor: number;
  /** The file that it was open on before code of the user ran in the process. */
  readonly file: FileIdentity;
  readonly position: number;
}

/**
 * Code of the user shares the process, and may close the descriptor: by accident, as a double close does. Its number is then given to the next file
 * that is opened, which may be the user's. So it is looked at after all code of the user, and what is not ours is never written to.
 */
export class Mirror {
  readonly #place: MirrorPlace;
  readonly #bytes: Uint8Array;
  readonly #length: number;
  /** No code of the user has run since the descriptor was looked at. */
  #sure = false;
  #lost = false;
  /** Something in the memory is not in the file yet. */
  #owes = false;

  /** @param buffer the memory that is written to the file, whole */
  constructor(buffer: SharedArrayBuffer, place: MirrorPlace) {
    this.#place = place;
    this.#bytes = new Uint8Array(buffer);
    this.#length = buffer.byteLength;
  }

  /** What is written here is no longer seen by anybody. */
  get isLost(): boolean {
    return this.#lost;
  }

  /** Code of the user may have run. */
  doubt(): void {
    this.#sure = false;
  }

  write(): void {
    this.#look();
    this.#owes = false;
    if (this.#lost) return;
    writeSync(this.#place.descriptor, this.#bytes, 0, this.#length, this.#place.position);
  }

  /** Leaves it to the next write, which follows at once: until then no code of the user runs. Whether that will be seen is known now. */
  owe(): void {
    this.#look();
    this.#owes = true;
  }

  /** Writes what it owes. */
  settle(): void {
    if (this.#owes) this.write();
  }

  #look(): void {
    this.#sure ||= isStill(this.#place.descriptor, this.#place.file);
    this.#lost ||= !this.#sure;
  }
}

/**
 * A control block that is written to a file at every step: memory that outlives the process. A parent reads there which item ran
 * when its child was killed, though the child could no longer say. One write of some 90 bytes an item, about 2.5 µs: where an item
 * follows another one at once, its claim carries the end of that one. Killed in between, the process looks as if it had been killed a moment sooner.
 */
export class MirroredBlock extends ControlBlock {
  readonly #mirror: Mirror;

  constructor(buffer: SharedArrayBuffer, place: MirrorPlace) {
    super(buffer);
    this.#mirror = new Mirror(buffer, place);
  }

  override get isLost(): boolean {
    return this.#mirror.isLost;
  }

  override doubt(): void {
    this.#mirror.doubt();
  }

  override see(bundle: number): void {
    this.#mirror.doubt();
    super.see(bundle);
    this.#mirror.owe();
  }

  override claim(bundle: number, index: number): boolean {
    const claimed = super.claim(bundle, index);
    if (claimed) this.#mirror.write();
    this.#mirror.doubt(); // Now the item runs.
    return claimed;
  }

  override finish(bundle: number, index: number): void {
    this.#mirror.doubt();
    super.finish(bundle, index);
    this.#mirror.owe();
  }

  override tell(): void {
    this.#mirror.settle();
  }

  override sends(begins: boolean): void {
    this.#mirror.doubt();
    super.sends(begins);
    this.#mirror.write();
  }

  override loads(begins: boolean): void {
    this.#mirror.doubt();
    super.loads(begins);
    this.#mirror.write();
  }

  override waits(now: number): void {
    super.waits(now);
    this.#mirror.write();
  }

  override beat(now: number): void {
    super.beat(now);
    this.#mirror.write();
  }

  override awaitPassedOn(bundle: number, items: number): void {
    this.waitForPassedOn(bundle, items, PATIENCE);
  }
}
