import { plain } from '../../batch/journal/encoding.ts';
import type { DiskFile } from '../../batch/machine/disk.ts';
import { sharedBytes, sizeOf } from '../content.ts';
import { ServerError } from '../errors.ts';
import { Entry } from '../log/entry.ts';
import type { OpenTimer } from '../process/agenda.ts';
import type { Kept } from '../process/keeper.ts';
import { type Effect, KIND } from '../wire.ts';
import { type EntryRecord, type HeaderRecord, type JournalRecord, recordIn, type SnapshotRecord } from './record.ts';

export interface ReadJournal {
  readonly header: HeaderRecord;
  readonly kept: Kept;
  /** Bytes of whole records; what is behind was torn when the program was killed. */
  readonly length: number;
}

/** `undefined` for an empty file. @throws {ServerError} `ERR_SERVER_JOURNAL_OTHER`, `ERR_SERVER_JOURNAL_DAMAGED` */
export async function readJournal(path: string, file: DiskFile, module: string): Promise<ReadJournal | undefined> {
  const { size } = await file.facts();
  if (size === 0) return undefined;
  const records: JournalRecord[] = [];
  let torn: number | undefined;
  /** Records behind the first broken one, and the bytes of which one of them says that they were safe from power cuts. */
  let after = 0;
  let safe = 0;
  const whole = await plain.walk(file, 0, size, (line, start) => {
    const record = recordIn(line);
    if (record === undefined) torn ??= start;
    else if (torn === undefined) records.push(record);
    else {
      after++;
      safe = Math.max(safe, safeIn(record));
    }
    return true;
  });
  const [header, snapshot, ...rest] = records;
  if (header?.type !== 'server' || header.format !== 1) {
    throw other(path, 'what stands there is no journal of a server', 'Name another file; this one is left as it is.');
  }
  if (header.module !== module) throw other(path, `it is the journal of ${header.module}, and not of ${module}`, 'Name another file.');
  // What was not forced onto the disk comes back from a power cut with holes: that is a torn end, however long.
  if ((after > 0 && safe > torn!) || snapshot?.type !== 'snapshot') {
    throw damaged(path, snapshot?.type === 'snapshot' ? `the record at byte ${torn} is broken, and others follow it` : 'it has no state');
  }
  return { header, kept: keptIn(path, snapshot, rest), length: torn ?? whole };
}

/** A record that does not say is of a time when nothing was known of that. */
function safeIn(record: JournalRecord): number {
  return 'synced' in record && typeof record.synced === 'number' ? record.synced : Number.POSITIVE_INFINITY;
}

function keptIn(path: string, snapshot: SnapshotRecord, records: readonly JournalRecord[]): Kept {
  const timers = new Map<string, OpenTimer>(snapshot.timers.map((timer) => [timer.ref, timer]));
  const entries: Entry[] = [];
  let { continued } = snapshot;
  const single = (record: JournalRecord): readonly JournalRecord[] => (record.type === 'entries' ? record.entries : [record]);
  for (const record of records.flatMap(single)) {
    if (record.type === 'entry') {
      const next = snapshot.seq + entries.length;
      if (record.seq < next) throw damaged(path, `message ${record.seq} comes after ${next - 1}`);
      for (let seq = next; seq < record.seq; seq++) entries.push(dropped(seq, record.at));
      entries.push(entryOf(record));
      if (record.kind === KIND.timer) timers.delete(record.name);
    }
    if (record.type === 'continued') continued = [record.seq, record.part];
    if (record.type === 'dropped') timers.delete(record.timer);
    if (record.type === 'entry' || record.type === 'continued') note(timers, record.effects, record.at);
  }
  return {
    snapshot: { seq: snapshot.seq, at: snapshot.at, bytes: sharedBytes(snapshot.bytes) },
    entries,
    timers: [...timers.values()],
    continued,
  };
}

function note(timers: Map<string, OpenTimer>, effects: readonly Effect[], at: number): void {
  for (const effect of effects) {
    if (effect[0] === 'timer') timers.set(effect[1], { ref: effect[1], due: at + effect[2] });
    else if (effect[0] === 'cancel') timers.delete(effect[1]);
  }
}

function entryOf({ seq, kind, name, content, at, answers, continues }: EntryRecord): Entry {
  const entry = new Entry(seq, { kind, name, content, size: sizeOf(content), pending: undefined, chain: [] }, at);
  if (answers.length > 0) entry.answers = [...answers];
  entry.continues = continues;
  return entry;
}

/** A message that was rejected leaves a gap in the numbers. */
function dropped(seq: number, at: number): Entry {
  const entry = new Entry(seq, { kind: KIND.info, name: '', content: undefined, size: 0, pending: undefined, chain: [] }, at);
  entry.state = 'dropped';
  return entry;
}

function other(path: string, what: string, advice: string): ServerError {
  return new ServerError('ERR_SERVER_JOURNAL_OTHER', `journal ${path}: ${what}. ${advice}`);
}

function damaged(path: string, what: string): ServerError {
  return new ServerError(
    'ERR_SERVER_JOURNAL_DAMAGED',
    `journal ${path} is not as a server left it: ${what}. Put it back as it was, or begin with another file.`,
  );
}
