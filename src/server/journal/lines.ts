import type { Entry } from '../log/entry.ts';
import type { Effect } from '../wire.ts';
import { type EntryRecord, type LoggedRecord, lineOf } from './record.ts';

/** Messages that stand in one record at most: a torn end costs no more than was not answered anyway, but one line should not be endless. */
const TOGETHER = 256;

/**
 * Messages that follow each other share a line: to write one costs far more than to write its messages.
 * @param synced bytes of the file that survive a power cut when this is written
 */
export function linesOf(records: readonly LoggedRecord[], synced: number): string {
  const lines: string[] = [];
  for (let i = 0; i < records.length; ) {
    const entries: EntryRecord[] = [];
    for (let one = records[i]; one?.type === 'entry' && entries.length < TOGETHER; one = records[++i]) entries.push(one);
    lines.push(lineOf(entries.length > 0 ? { type: 'entries', entries, synced } : { ...records[i++]!, synced }));
  }
  return lines.join('');
}

/** Those that a new program has to know of. */
export const areTimers = (effects: readonly Effect[]): readonly Effect[] =>
  effects.filter(([kind]) => kind === 'timer' || kind === 'cancel');

export function recordOf({ seq, message, at, answers, continues }: Entry, effects: readonly Effect[]): EntryRecord {
  const { kind, name, content } = message;
  return {
    type: 'entry',
    seq,
    kind,
    name,
    content,
    at,
    answers: [...(answers ?? [])],
    effects: areTimers(effects),
    continues,
  } as const;
}
