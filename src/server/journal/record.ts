import { crc32 } from 'node:zlib';
import { fromBytes, toBytes } from '../../core/wire/bytes.ts';
import type { OpenTimer } from '../process/agenda.ts';
import type { Answer, Content, Effect, Kind } from '../wire.ts';

/** The first record: whose journal this is. */
export interface HeaderRecord {
  readonly type: 'server';
  readonly format: 1;
  /** Name of the module's file, without its ending, and of the export. */
  readonly module: string;
  readonly seed: number;
}

/** The second record, and all before it: the state, and the timers that were open. */
export interface SnapshotRecord {
  readonly type: 'snapshot';
  readonly seq: number;
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly timers: readonly OpenTimer[];
  /** The last `continue` whose wishes were done. */
  readonly continued: readonly [seq: number, part: number];
}

/** A message that was committed. */
export interface EntryRecord extends Written {
  readonly type: 'entry';
  readonly seq: number;
  readonly kind: Kind;
  readonly name: string;
  readonly content: Content;
  readonly at: number;
  readonly answers: readonly Answer[];
  /** Those that a new program has to know of: timers. */
  readonly effects: readonly Effect[];
  readonly continues: 'open' | 'done' | 'dropped';
}

/** Messages that were committed together, and written in one go. */
export interface EntriesRecord extends Written {
  readonly type: 'entries';
  readonly entries: readonly EntryRecord[];
}

interface Written {
  /** Bytes of the file that were known to survive a power cut when this was written; what was torn behind them was torn by one. */
  readonly synced?: number;
}

/** What a `continue` has wanted. */
export interface ContinuedRecord extends Written {
  readonly type: 'continued';
  readonly seq: number;
  readonly part: number;
  readonly at: number;
  readonly effects: readonly Effect[];
}

/** The message of a timer was rejected. */
export interface DroppedRecord extends Written {
  readonly type: 'dropped';
  readonly timer: string;
}

/** What is logged one after the other. */
export type LoggedRecord = EntryRecord | ContinuedRecord | DroppedRecord;

export type JournalRecord = HeaderRecord | SnapshotRecord | LoggedRecord | EntriesRecord;

/** One line: a checksum, and the record as structured clone writes it, so that it holds whatever a message can hold. */
export function lineOf(record: JournalRecord): string {
  const text = Buffer.from(toBytes(record)).toString('base64');
  return `${checksum(text)} ${text}\n`;
}

/** `undefined` for a line that is torn, or none of ours. */
export function recordIn(line: Buffer): JournalRecord | undefined {
  const text = line.toString('latin1', 9);
  if (line.length < 10 || line[8] !== 0x20 || line.toString('latin1', 0, 8) !== checksum(text)) return undefined;
  try {
    const record = fromBytes(Buffer.from(text, 'base64')) as JournalRecord;
    return typeof record === 'object' && record !== null && typeof record.type === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
