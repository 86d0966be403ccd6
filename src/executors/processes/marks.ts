import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidOptionError } from '../../core/errors.ts';
import { ControlBlock } from '../../core/wire/control-block.ts';

/** Distance between two places: a power of two, so that none straddles two pages. */
export const STRIDE: number = 2 ** Math.ceil(Math.log2(ControlBlock.BYTES));
/** Memory that is a file, where the system has it: nothing is ever written to a disk. */
const MEMORY = '/dev/shm';

/** The file lives on without a name, as long as a process has it open: whichever dies, nothing is left behind. */
function openIn(parent: string, bytes: number): number {
  const folder = mkdtempSync(join(parent, 'holdfast-'));
  let descriptor: number | undefined;
  try {
    const path = join(folder, 'marks');
    descriptor = openSync(path, 'wx+');
    unlinkSync(path);
    // Written now: a folder that is full is found out here, where there may be another, and not when a thread has no place.
    if (writeSync(descriptor, new Uint8Array(bytes), 0, bytes, 0) < bytes) throw new Error(`no room for ${bytes} bytes`);
    return descriptor;
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw error;
  } finally {
    rmdirSync(folder);
  }
}

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION` if nothing can be written anywhere */
function openNameless(bytes: number, folders: readonly string[]): number {
  const reasons: string[] = [];
  for (const parent of folders) {
    try {
      return openIn(parent, bytes);
    } catch (error) {
      reasons.push(`${parent}: ${(error as Error).message}`);
    }
  }
  throw new InvalidOptionError(
    `isolation: Expected ${folders.join(' or ')} to have room for a file of ${bytes} bytes, which cells need. Got ${reasons.join('; ')}. ` +
      "Set TMPDIR to a folder that can be written to, or use isolation: 'thread'.",
  );
}

/**
 * The file in which the threads of a cell leave a mark of what they are at; it outlives their process. The cell inherits its descriptor.
 * Places are used again, so it never grows beyond what lives at once.
 */
export class Marks {
  readonly descriptor: number;
  readonly #free: number[] = [];
  readonly #seen: Uint8Array = new Uint8Array(ControlBlock.BYTES);
  #places = 0;

  /**
   * @param threads how many places are usually needed at once; these stay available whatever happens to the folder later
   * @param folders where to look for room, in order
   */
  constructor(threads: number, folders: readonly string[] = [MEMORY, tmpdir()]) {
    // A thread that is ending and its successor live side by side.
    this.descriptor = openNameless(2 * threads * STRIDE, folders);
  }

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
  read(place: number, into: Uint8Array): void {
    const seen = this.#seen.subarray(0, into.byteLength);
    readSync(this.descriptor, into, 0, into.byteLength, place);
    for (let looks = 0; looks < 8; looks++) {
      readSync(this.descriptor, seen, 0, seen.byteLength, place);
      if (Buffer.compare(seen, into) === 0) return;
      into.set(seen);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
