import fs from 'node:fs';
import { ControlBlock } from '../core/wire/wire.ts';

// Taken before code of the user can put something in its place: see core/foreign/intrinsics.ts.
const { writeSync } = fs;

/** Where a control block is written to as well: an open file, and a place in it. */
export interface MirrorPlace {
  readonly descriptor: number;
  readonly position: number;
}

/**
 * A control block that is written to a file at every step: memory that outlives the process. A parent reads there which item ran
 * when its child was killed, though the child could no longer say. Two writes of some 90 bytes an item, about 3 µs together.
 */
export class MirroredBlock extends ControlBlock {
  readonly #place: MirrorPlace;
  readonly #bytes: Uint8Array;

  constructor(buffer: SharedArrayBuffer, place: MirrorPlace) {
    super(buffer);
    this.#place = place;
    this.#bytes = new Uint8Array(buffer);
  }

  override see(bundle: number): void {
    super.see(bundle);
    this.#write();
  }

  override claim(bundle: number, index: number): boolean {
    const claimed = super.claim(bundle, index);
    if (claimed) this.#write();
    return claimed;
  }

  override finish(bundle: number, index: number): void {
    super.finish(bundle, index);
    this.#write();
  }

  override sends(begins: boolean): void {
    super.sends(begins);
    this.#write();
  }

  #write(): void {
    writeSync(this.#place.descriptor, this.#bytes, 0, ControlBlock.BYTES, this.#place.position);
  }
}
