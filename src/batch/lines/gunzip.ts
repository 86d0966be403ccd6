import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';

/** Bytes that come out at a time. */
const CHUNK = 65_536;
const TRAILER = 8;
/** Flags of a member's head (RFC 1952). */
const HAS_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/** Bytes that are taken from the front, in whatever pieces they come. */
class Bytes {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** The first `length` bytes, which stay; fewer only at the end. */
  async peek(length: number): Promise<Buffer> {
    while (this.#held.length < length) {
      const { done, value } = await this.#source.next();
      if (done) break;
      this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value]);
    }
    return this.#held.subarray(0, length);
  }

  /** Removes `length` bytes; throws if there are fewer. */
  async take(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    if (bytes.length < length) throw new Error('unexpected end of file');
    this.#held = this.#held.subarray(length);
    return bytes;
  }

  /** Whatever comes next; undefined at the end. */
  async piece(): Promise<Buffer | undefined> {
    await this.peek(1);
    const piece = this.#held;
    this.#held = Buffer.alloc(0);
    return piece.length === 0 ? undefined : piece;
  }

  giveBack(bytes: Buffer): void {
    this.#held = Buffer.concat([bytes, this.#held]);
  }
}

async function skipText(bytes: Bytes): Promise<void> {
  while ((await bytes.take(1))[0] !== 0);
}

async function skipHead(bytes: Bytes): Promise<void> {
  const flags = (await bytes.take(10))[3]!;
  if ((flags & HAS_EXTRA) !== 0) await bytes.take((await bytes.take(2)).readUInt16LE());
  if ((flags & HAS_NAME) !== 0) await skipText(bytes);
  if ((flags & HAS_COMMENT) !== 0) await skipText(bytes);
  if ((flags & HAS_CRC) !== 0) await bytes.take(2);
}

/** Writes to `inflate` until it has its end, and gives back what it did not want. */
async function feed(inflate: InflateRaw, bytes: Bytes): Promise<void> {
  const ended = new Promise<void>((resolve) => inflate.once('end', resolve).once('close', resolve));
  for (let fed = 0; ; ) {
    const piece = await bytes.piece();
    if (piece === undefined) return void inflate.end();
    fed += piece.length;
    // Bytes behind the end are never taken, and their write is answered late or never.
    await Promise.race([new Promise<void>((resolve) => inflate.write(piece, () => resolve())), ended]);
    if (inflate.destroyed && !inflate.readableEnded) return;
    const left = fed - inflate.bytesWritten;
    if (left > 0) return bytes.giveBack(piece.subarray(piece.length - left));
  }
}

async function* member(bytes: Bytes): AsyncGenerator<Buffer> {
  await skipHead(bytes);
  const inflate = createInflateRaw({ chunkSize: CHUNK });
  const feeding = feed(inflate, bytes).catch((error: Error) => void inflate.destroy(error));
  let crc = 0;
  let length = 0;
  for await (const piece of inflate as AsyncIterable<Buffer>) {
    crc = crc32(piece, crc);
    length += piece.length;
    yield piece;
  }
  await feeding;
  const trailer = await bytes.take(TRAILER);
  if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== length % 4_294_967_296) throw new Error('incorrect data check');
}

const isMember = (head: Buffer): boolean => head.length === 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;

/**
 * Unpacks gzip members, one after another. Node's own stream does too, but throws away what it has when it meets
 * bytes behind the last one that are not a member: here all members are given first, then `onRest` is called with the number of bytes
 * behind them. Zeros, with which some programs fill up, are no rest.
 */
export async function* gunzip(source: AsyncIterable<Buffer>, onRest: (bytes: number) => void): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]();
  const bytes = new Bytes(iterator);
  try {
    for (let members = 0; (await bytes.peek(1)).length > 0; members++) {
      if (isMember(await bytes.peek(3))) {
        yield* member(bytes);
        continue;
      }
      if (members === 0) throw new Error('it is not packed with gzip, as its name says');
      let rest = 0;
      let filler = true;
      for (let piece = await bytes.piece(); piece !== undefined; piece = await bytes.piece()) {
        rest += piece.length;
        filler &&= piece.every((byte) => byte === 0);
      }
      if (!filler) onRest(rest);
    }
  } finally {
    await iterator.return?.();
  }
}
