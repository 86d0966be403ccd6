import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlBlock } from '../../core/wire.ts';

/** Distance between two places: a power of two, so that none straddles two pages. */
export const STRIDE: number = 2 ** Math.ceil(Math.log2(ControlBlock.BYTES));
/** Memory that is a file, where the system has it: nothing is ever written to a disk. */
const FOLDERS = ['/dev/shm', tmpdir()];

/** The file lives on without a name, as long as somebody has it open: whoever dies, nothing is left behind. */
function openIn(parent: string): number {
  const folder = mkdtempSync(join(parent, 'holdfast-'));
  try {
    const path = join(folder, 'marks');
    const descriptor = openSync(path, 'wx+');
    unlinkSync(path);
    return descriptor;
  } finally {
    rmdirSync(folder);
  }
}

function openNameless(): number {
  for (const [i, parent] of FOLDERS.entries()) {
    try {
      return openIn(parent);
    } catch (error) {
      if (i === FOLDERS.length - 1) throw error;
    }
  }
  throw new Error('There is no folder for temporary files.');
}

/**
 * The file in which the threads of a cell leave a mark of what they are at; it outlives their process. The cell inherits its descriptor.
 * Places are used again, so it never grows beyond what lives at once.
 */
export class Marks {
  readonly descriptor: number = openNameless();
  readonly #free: number[] = [];
  readonly #seen: Uint8Array = new Uint8Array(ControlBlock.BYTES);
  #places = 0;

  /** A place for a thread that is about to start; in bytes from the beginning. */
  take(): number {
    const place = this.#free.pop() ?? this.#places++ * STRIDE;
    // Written now, so that a disk that is full fails the start and not, later, a task.
    writeSync(this.descriptor, new Uint8Array(STRIDE), 0, STRIDE, place);
    return place;
  }

  /** The thread has exited: another may have its place. */
  giveBack(place: number): void {
    this.#free.push(place);
  }

  /** Reads until two looks agree: the thread may be writing, and half a mark could convict an innocent item. */
  read(place: number, into: ControlBlock): void {
    const bytes = new Uint8Array(into.buffer);
    readSync(this.descriptor, bytes, 0, ControlBlock.BYTES, place);
    for (let looks = 0; looks < 8; looks++) {
      readSync(this.descriptor, this.#seen, 0, ControlBlock.BYTES, place);
      if (Buffer.compare(this.#seen, bytes) === 0) return;
      bytes.set(this.#seen);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
