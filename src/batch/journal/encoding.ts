import type { DiskFile } from '../machine/disk.ts';
import { decodeMember, encodeMember, MEMBER_HEAD, memberLength } from './gzip-member.ts';

/**
 * Sees one record: its bytes without the line feed, and the place in the file, from `start` to `end`, that would have
 * to be cut to be rid of it. False stops the walk before it.
 */
export type Visit = (record: Buffer, start: number, end: number) => boolean;

/** How records become bytes that can be cut back to whole records after a crash. */
export interface Encoding {
  /** `records` are whole, each with its line feed. */
  encode(records: Buffer): Buffer | Promise<Buffer>;
  /** Walks the records between two places. Returns where the last whole unit (line or member) with no refusal ends. */
  walk(file: DiskFile, from: number, to: number, visit: Visit): Promise<number>;
}

const LINE_FEED = 10;
const CHUNK = 1_048_576;

async function readFully(file: DiskFile, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let have = 0;
  while (have < length) {
    const got = await file.read(buffer.subarray(have), position + have);
    if (got === 0) break;
    have += got;
  }
  return buffer.subarray(0, have);
}

/** One record a line. */
export const plain: Encoding = {
  encode: (records) => records,

  async walk(file, from, to, visit) {
    let held: Buffer[] = [];
    let start = from;
    for (let position = from; position < to; ) {
      const chunk = await readFully(file, position, Math.min(CHUNK, to - position));
      if (chunk.length === 0) break;
      let at = 0;
      for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, at)) {
        const tail = chunk.subarray(at, feed);
        const line = held.length === 0 ? tail : Buffer.concat([...held, tail]);
        held = [];
        at = feed + 1;
        if (!visit(line, start, position + at)) return start;
        start = position + at;
      }
      if (at < chunk.length) held.push(chunk.subarray(at));
      position += chunk.length;
    }
    return start;
  },
};

/** One gzip member a write; a member holds whole records only. */
export const gzip: Encoding = {
  encode: encodeMember,

  async walk(file, from, to, visit) {
    let start = from;
    while (start < to) {
      const length = memberLength(await readFully(file, start, Math.min(MEMBER_HEAD, to - start)));
      if (length === undefined || start + length > to) return start;
      const member = await readFully(file, start, length);
      const data = member.length === length ? await decodeMember(member) : undefined;
      if (data === undefined || data.at(-1) !== LINE_FEED) return start;
      let at = 0;
      for (let feed = data.indexOf(LINE_FEED); feed !== -1; feed = data.indexOf(LINE_FEED, at)) {
        if (!visit(data.subarray(at, feed), start, start + length)) return start;
        at = feed + 1;
      }
      start += length;
    }
    return start;
  },
};

/** Chosen by the name's ending: `.gz` or anything else. */
export function encodingOf(path: string): Encoding {
  return path.endsWith('.gz') ? gzip : plain;
}
