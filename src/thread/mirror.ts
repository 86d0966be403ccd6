import { openSync, writeSync } from 'node:fs';
import { ControlBlock } from '../core/wire.ts';

/**
 * A control block that is written to a file at every step: memory that outlives the process. A parent reads there which item ran
 * when its child was killed, though the child could no longer say. Two writes of some 90 bytes an item, about 3 µs together.
 */
export class MirroredBlock extends ControlBlock {
  readonly #file: number;
  readonly #position: number;
  readonly #bytes: Uint8Array;

  constructor(buffer: SharedArrayBuffer, mirror: { readonly path: string; readonly position: number }) {
    super(buffer);
    this.#file = openSync(mirror.path, 'r+');
    this.#position = mirror.position;
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

  #write(): void {
    writeSync(this.#file, this.#bytes, 0, ControlBlock.BYTES, this.#position);
  }
}
