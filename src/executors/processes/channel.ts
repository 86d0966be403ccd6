import type { OnReadOpts, SocketConstructorOpts } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { soon } from '../../core/soon.ts';
import { fromBytes, toBytes } from '../../core/wire/bytes.ts';

/** Begins every frame, so that bytes from another writer are noticed at once. */
const MAGIC = 0x48_46_43_31;
/** The beginning, two lengths, and what the three give together: an accident does not look like it. */
const HEADER_BYTES = 16;

/**
 * One direction between a cell and its parent: frames over a pipe. A frame is a message, and bytes that travel beside it as they are.
 * It is not Node's own channel, because there bytes that a task has written to the wrong descriptor throw in the parent, or make it wait for
 * gigabytes; and each direction has a pipe of its own, because a failed write destroys a socket together with what is still to be read from it.
 */
export class Sender<M> {
  readonly #pipe: Writable;
  readonly #isOurs: () => boolean;
  #state: 'flushed' | 'corked' = 'flushed';

  /** @param isOurs false if nothing may be written any more: the descriptor was closed, and its number may be another file's */
  constructor(pipe: Writable, isOurs: () => boolean = () => true) {
    this.#pipe = pipe;
    this.#isOurs = isOurs;
    pipe.on('error', () => {}); // The reader at the other end is dying; its exit is reported elsewhere.
  }

  /**
   * `then` is called when the system has the message: it gets there whatever becomes of this process.
   * @throws what the cloning of the message threw; then nothing was sent
   */
  send(message: M, body?: Uint8Array, then?: () => void): void {
    const head = toBytes(message);
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(head.byteLength, 4);
    header.writeUInt32LE(body?.byteLength ?? 0, 8);
    header.writeInt32LE(MAGIC ^ head.byteLength ^ (body?.byteLength ?? 0), 12);
    if (!this.#pipe.writable || (this.#state === 'flushed' && !this.#isOurs())) return;
    if (this.#state === 'flushed') {
      // What is sent in one tick goes in one write.
      this.#state = 'corked';
      this.#pipe.cork();
      void soon(() => {
        this.#state = 'flushed';
        if (this.#isOurs()) this.#pipe.uncork();
      });
    }
    this.#pipe.write(header);
    const hasBody = body !== undefined && body.byteLength > 0;
    this.#pipe.write(head, hasBody ? undefined : then);
    if (hasBody) this.#pipe.write(body, then);
  }

  /** Ends the stream, which the other end sees. `then` is called when everything has been sent. */
  end(then?: () => void): void {
    this.#pipe.end(then);
  }
}

export interface ReceiverEvents<M> {
  /** `body` has memory of its own. */
  message(message: M, body: Uint8Array): void;
  /** What came is no frame; nothing more will be read. */
  broken(error: unknown): void;
  /** Everything that was sent has been received. */
  ended(): void;
}

/** A read of at least this many bytes goes to where they belong; smaller ones go through a buffer, several frames at a time. */
const WORTH_PLACING = 65_536;

type Part =
  | { readonly of: 'header' }
  | { readonly of: 'head'; readonly bodyBytes: number }
  | { readonly of: 'body'; readonly head: Uint8Array };

/** The other end. Bytes are brought to it by a stream, or read straight into the memory that it names, which spares large bodies a copy. */
export class Receiver<M> {
  readonly #events: ReceiverEvents<M>;
  /** The part of a frame that comes next, and how much of it is there. */
  #part: Part | { readonly of: 'nothing' } = { of: 'header' };
  readonly #header = new Uint8Array(HEADER_BYTES);
  #bytes: Uint8Array = this.#header;
  #filled = 0;
  #scratch: Uint8Array | undefined;

  constructor(events: ReceiverEvents<M>) {
    this.#events = events;
  }

  /** Listens to a stream that is already open. */
  listen(pipe: Readable): void {
    pipe.on('data', (chunk: Uint8Array) => this.#take(chunk));
    this.#awaitEnd(pipe);
  }

  /** Opens the descriptor and reads it. */
  open(fd: number): void {
    const onread: OnReadOpts = {
      buffer: () => this.#room(),
      callback: (length, buffer) => {
        if (buffer === this.#scratch) this.#take(buffer.subarray(0, length));
        else this.#grow(length);
        return true;
      },
    };
    const { Socket } = process.getBuiltinModule('node:net'); // Only a cell needs it.
    this.#awaitEnd(new Socket({ fd, readable: true, writable: false, onread } as SocketConstructorOpts));
  }

  #awaitEnd(pipe: Readable): void {
    pipe.on('error', () => {}); // `close` follows.
    pipe.once('close', () => this.#events.ended());
  }

  /** Where the next bytes may be put. */
  #room(): Uint8Array {
    if (this.#bytes.byteLength - this.#filled >= WORTH_PLACING) return this.#bytes.subarray(this.#filled);
    this.#scratch ??= Buffer.allocUnsafeSlow(WORTH_PLACING);
    return this.#scratch;
  }

  /** `length` bytes have been put where they belong. */
  #grow(length: number): void {
    this.#filled += length;
    if (this.#filled === this.#bytes.byteLength && this.#part.of !== 'nothing') this.#complete(this.#part, this.#bytes);
  }

  #take(chunk: Uint8Array): void {
    let rest = chunk;
    while (this.#part.of !== 'nothing') {
      const piece = rest.subarray(0, this.#bytes.byteLength - this.#filled);
      this.#bytes.set(piece, this.#filled);
      rest = rest.subarray(piece.byteLength);
      const complete = this.#filled + piece.byteLength === this.#bytes.byteLength;
      this.#grow(piece.byteLength);
      if (!complete) return;
    }
  }

  /** A part is there. The message is passed on outside of the `try`: what its receiver throws is no fault of the frame. */
  #complete(part: Part, bytes: Uint8Array): void {
    let message: M;
    try {
      if (part.of === 'header') {
        const view = new DataView(bytes.buffer);
        const [magic, headBytes, bodyBytes] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
        if (magic !== MAGIC || view.getInt32(12, true) !== (MAGIC ^ headBytes ^ bodyBytes))
          throw new Error('Expected the beginning of a frame. Got bytes that a cell does not send.');
        this.#next({ of: 'head', bodyBytes }, headBytes);
        return;
      }
      if (part.of === 'head' && part.bodyBytes > 0) {
        this.#next({ of: 'body', head: bytes }, part.bodyBytes);
        return;
      }
      message = fromBytes(part.of === 'body' ? part.head : bytes) as M;
      this.#next({ of: 'header' }, HEADER_BYTES);
    } catch (error) {
      this.#part = { of: 'nothing' };
      this.#events.broken(error);
      return;
    }
    this.#events.message(message, part.of === 'body' ? bytes : NO_BYTES);
  }

  #next(part: Part, length: number): void {
    this.#part = part;
    // Memory of its own, and not filled with zeros first.
    this.#bytes = part.of === 'header' ? this.#header : Buffer.allocUnsafeSlow(length);
    this.#filled = 0;
  }
}

const NO_BYTES = new Uint8Array(0);
