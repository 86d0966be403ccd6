import { close, write } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemCode } from '../errors.ts';
import type { DiskFile } from './disk.ts';

const unable = (what: string) => () => Promise.reject(new Error(`A stream cannot be ${what}.`));

const neither: DiskFile = {
  facts: async () => ({ kind: 'stream', size: 0, identity: '' }),
  read: unable('read'),
  write: unable('written to'),
  truncate: unable('cut'),
  sync: async () => {},
  lock: async () => 'unknown',
  close: async () => {},
};

const writeTo = promisify(write);
const closeDescriptor = promisify(close);

/**
 * Bytes of one write. A write to a pipe returns when the reader has taken all of it, and nothing tells of a part; in small pieces a slow
 * reader is distinguished from one that takes nothing.
 */
const PIECE = 16_384;

/** An open descriptor, of whatever kind, as a file that can only be written to. */
export function descriptorFile(descriptor: number): DiskFile {
  return {
    ...neither,
    async write(buffer) {
      for (;;) {
        try {
          return (await writeTo(descriptor, buffer, 0, Math.min(buffer.length, PIECE), null)).bytesWritten;
        } catch (error) {
          // The pipe does not wait, and it is full: its reader takes its time.
          if (systemCode(error) !== 'EAGAIN') throw error;
          await delay(5);
        }
      }
    },
    close: () => closeDescriptor(descriptor),
  };
}

/** A stream, such as standard output, as a file that can only be written to. */
export function streamFile(stream: NodeJS.WritableStream): DiskFile {
  // The writer receives failures from its write; without a listener here they would end the process.
  stream.on('error', () => {});
  return {
    ...neither,
    write: (buffer) =>
      new Promise((resolve, reject) => {
        stream.write(buffer, (error) => (error ? reject(error) : resolve(buffer.length)));
      }),
  };
}

/** Reads a stream piece by piece. What is closed waits no more: the read that is under way, and later ones, give the end. */
export class StreamReader {
  readonly #stream: Readable;
  #end: 'open' | 'closed' = 'open';
  #look: (() => void) | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    const look = () => this.#look?.();
    for (const event of ['readable', 'end', 'error', 'close']) stream.on(event, look);
  }

  /** Some bytes; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const piece = this.#end === 'closed' ? undefined : (this.#stream.read() as Buffer | null);
      if (piece) return piece;
      if (this.#stream.errored && this.#end === 'open') throw this.#stream.errored;
      if (this.#end === 'closed' || this.#stream.readableEnded || this.#stream.destroyed) return undefined;
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
    }
  }

  close(): void {
    this.#end = 'closed';
    this.#look?.();
    // Whether it is standard input or a pipe of our own: it will not be read any more, and must not keep the process alive.
    this.#stream.destroy();
  }
}

/** The pieces of a stream. The iterator's `return` ends a wait that is under way. */
export function piecesOf(stream: Readable): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]() {
      const reader = new StreamReader(stream);
      return {
        async next() {
          const value = await reader.next();
          return value === undefined ? { done: true, value } : { done: false, value };
        },
        async return() {
          reader.close();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/**
 * An open pipe, as a file that can only be read. The event loop reports when there is something to read: a read in one of Node's few
 * file threads would hold it, and the end of the process, for as long as the writer is silent.
 */
export function pipeFile(descriptor: number): DiskFile {
  const reader = new StreamReader(new Socket({ fd: descriptor, readable: true, writable: false }));
  let held: Buffer = Buffer.alloc(0);
  return {
    ...neither,
    async read(buffer) {
      if (held.length === 0) held = (await reader.next()) ?? held;
      const length = held.copy(buffer);
      held = held.subarray(length);
      return length;
    },
    close: async () => reader.close(),
  };
}
