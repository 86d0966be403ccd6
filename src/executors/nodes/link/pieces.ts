import type { Redis } from 'ioredis';

/**
 * Bytes of a value that go in one command, and commands that are on their way at a time. What else uses the connection, beats above all, waits behind
 * no more than these: the line may be slow.
 */
const PIECE = 262_144;
const ON_THE_WAY = 4;
/** Milliseconds that a value is kept from when a piece of it was fetched last. */
const KEPT = 60_000;

/** Keeps a value, piece by piece. */
export async function putInPieces(redis: Redis, key: string, bytes: Uint8Array, ttl: number): Promise<void> {
  const { byteLength } = bytes;
  const put = async (at: number): Promise<boolean> => {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(PIECE, byteLength - at));
    if (at === 0) return (await redis.set(key, piece, 'PX', ttl)) === 'OK';
    const [length] = await answers(redis.pipeline().append(key, piece).pexpire(key, ttl));
    return length === at + piece.byteLength;
  };
  // It may have expired half way, and a connection that broke may have sent a piece twice: then it does not lie there as it should.
  while (!(await all(byteLength, put)));
}

/** Fetches a value, piece by piece. `undefined`: it is not there, or not any more. */
export async function takeInPieces(redis: Redis, key: string): Promise<Uint8Array | undefined> {
  const length = await redis.strlen(key);
  if (length === 0) return undefined;
  const bytes = new Uint8Array(length);
  const take = async (at: number): Promise<boolean> => {
    const [piece] = (await answers(
      redis
        .pipeline()
        .getrangeBuffer(key, at, at + PIECE - 1)
        .pexpire(key, KEPT),
    )) as [Buffer];
    bytes.set(piece, at);
    return piece.byteLength === Math.min(PIECE, length - at);
  };
  return (await all(length, take)) ? bytes : undefined;
}

/** Moves all pieces, in their order. False: one was not as it should be. */
async function all(length: number, move: (at: number) => Promise<boolean>): Promise<boolean> {
  const moving: Promise<boolean>[] = [];
  try {
    for (let at = 0; at < length; at += PIECE) {
      moving.push(move(at));
      if (moving.length >= ON_THE_WAY && !(await moving.shift()!)) return false;
    }
    for (const moved of moving) if (!(await moved)) return false;
    return true;
  } finally {
    await Promise.allSettled(moving);
  }
}

async function answers(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  const results = (await pipeline.exec()) ?? [];
  return results.map(([error, answer]) => {
    if (error !== null) throw error;
    return answer;
  });
}
