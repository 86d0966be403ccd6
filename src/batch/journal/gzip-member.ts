import { promisify } from 'node:util';
import { crc32, deflateRaw, inflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/**
 * A gzip file may be any number of members, one after another, and reads as one text. Ours carry their own length in
 * an extra header field (RFC 1952, section 2.3.1.1; identifier "HF"), so that a journal can be walked member by
 * member, and a torn one told by its length or its checksum.
 */
const HEAD = 20;
const TAIL = 8;

/** Bytes from the start of a member that are enough for `memberLength`. */
export const MEMBER_HEAD: number = HEAD;

/** A level below zlib's own choice: records come out as small, in two thirds of the time. And a write becomes one piece, not many. */
const PACKING = { level: 5, chunkSize: 131_072 };

/** One whole member that holds `data`. */
export async function encodeMember(data: Buffer): Promise<Buffer> {
  const body = await deflate(data, PACKING);
  const member = Buffer.alloc(HEAD + body.length + TAIL);
  // Magic, deflate, FEXTRA, no time, no flags, unknown system; 8 bytes of extra: "HF", length 4, the member's length.
  member.set([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, 0x48, 0x46, 4, 0]);
  member.writeUInt32LE(member.length, 16);
  member.set(body, HEAD);
  member.writeUInt32LE(crc32(data), HEAD + body.length);
  member.writeUInt32LE(data.length % 4_294_967_296, HEAD + body.length + 4);
  return member;
}

/** Length in bytes of the member that begins with `head`, or undefined if it is not a member written by this library. */
export function memberLength(head: Buffer): number | undefined {
  if (head.length < HEAD || head.readUInt32BE(0) !== 0x1f8b0804 || head.readUInt32BE(12) !== 0x48460400) return undefined;
  const length = head.readUInt32LE(16);
  return length > HEAD + TAIL ? length : undefined;
}

/** What a whole member holds, or undefined if it is damaged. */
export async function decodeMember(member: Buffer): Promise<Buffer | undefined> {
  try {
    const data = await inflate(member.subarray(HEAD, member.length - TAIL));
    return crc32(data) === member.readUInt32LE(member.length - TAIL) ? data : undefined;
  } catch {
    return undefined;
  }
}
