import { dirname } from 'node:path';
import type { Lock } from '../../batch/job/lock.ts';
import { AppendFile } from '../../batch/journal/append-file.ts';
import { plain } from '../../batch/journal/encoding.ts';
import type { Disk } from '../../batch/machine/disk.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { messageOf } from '../../core/foreign/message.ts';
import { soon } from '../../core/soon.ts';
import { ServerError } from '../errors.ts';
import type { Entry } from '../log/entry.ts';
import type { Log, LogSnapshot } from '../log/log.ts';
import type { Verdict } from '../members/ballots.ts';
import type { OpenTimer } from '../process/agenda.ts';
import type { Keeper } from '../process/keeper.ts';
import type { Effect } from '../wire.ts';
import { type ContinuedRecord, type EntryRecord, type HeaderRecord, lineOf } from './record.ts';

export interface JournalParts {
  readonly path: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly lock: Lock;
  readonly header: HeaderRecord;
  readonly sync: number | 'always' | 'never';
  /** Where the journal of an earlier program is to be continued; none for a new one. */
  readonly file: AppendFile | undefined;
  /** Number of the last message in it, and the last `continue` whose wishes were done. */
  readonly kept: number;
  readonly continued: readonly [seq: number, part: number];
}

/** What a journal needs of its server. */
export interface JournalHost {
  readonly log: Log;
  timers(): readonly OpenTimer[];
  failed(error: ServerError): void;
}

interface Waiting {
  readonly record: EntryRecord | ContinuedRecord;
  readonly seq: number;
  readonly kept: () => void;
}

/** Messages that stand in one record at most: a torn end costs no more than was not answered anyway, but one line should not be endless. */
const TOGETHER = 256;

/**
 * Keeps the log on disk. A reply is given when its message is in the file: the end of the program then loses nothing that was answered. Many messages
 * travel in one write. At a snapshot a new file takes the place of the old one, in one step.
 */
export class ServerJournal implements Keeper {
  readonly #parts: JournalParts;
  #host: JournalHost | undefined;
  #file: AppendFile | undefined;
  #waiting: Waiting[] = [];
  #snapshot: LogSnapshot | undefined;
  #kept: number;
  #continued: readonly [seq: number, part: number];
  #state: 'open' | 'failed' | 'closed' = 'open';
  /** The work under way. */
  #working: Promise<void> | undefined;
  #timer: Timer | undefined;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#file = parts.file;
    this.#kept = parts.kept;
    this.#continued = parts.continued;
    if (typeof parts.sync === 'number') this.#arm(parts.sync);
  }

  serve(host: JournalHost): void {
    this.#host = host;
  }

  committed(entry: Entry, verdict: Verdict, kept: (entry: Entry, verdict: Verdict) => void): void {
    this.#waiting.push({ record: recordOf(entry, verdict.effects ?? []), seq: entry.seq, kept: () => kept(entry, verdict) });
    this.#work();
  }

  continued(seq: number, part: number, effects: readonly Effect[], kept: () => void): void {
    if (effects.length === 0) {
      kept();
      return;
    }
    const at = this.#parts.clock.wall();
    const record = { type: 'continued', seq, part, at, effects: effects.filter(isTimer) } as const;
    const done = (): void => {
      this.#continued = [seq, part];
      kept();
    };
    this.#waiting.push({ record, seq: 0, kept: done });
    this.#work();
  }

  snapshot(snapshot: LogSnapshot): void {
    this.#snapshot = snapshot;
    this.#work();
  }

  async close(): Promise<void> {
    this.#parts.clock.clearTimeout(this.#timer);
    while (this.#working !== undefined) await this.#working;
    if (this.#state === 'open') await this.#file?.sync().catch(() => {});
    this.#state = 'closed';
    await this.#file?.close().catch(() => {});
    await this.#parts.lock.release();
  }

  /** One piece of work at a time; what comes meanwhile travels with the next. */
  #work(): void {
    if (this.#working !== undefined || this.#state !== 'open') return;
    this.#working = this.#pump().then(() => {
      this.#working = undefined;
    });
  }

  async #pump(): Promise<void> {
    await soon(() => {}); // What is committed in this turn travels together.
    try {
      while (this.#state === 'open' && (this.#snapshot !== undefined || this.#waiting.length > 0)) {
        // What is in the snapshot is answered first: its replies wait for that.
        const { seq: next } = this.#snapshot ?? { seq: Number.POSITIVE_INFINITY };
        if (this.#waiting.some(({ seq }) => seq > 0 && seq < next)) await this.#append();
        else if (this.#snapshot !== undefined) await this.#renew();
        else await this.#append();
      }
    } catch (cause) {
      this.#state = 'failed';
      const why = messageOf(cause).replace(/\.$/, '');
      const message = `journal ${this.#parts.path} cannot be written: ${why}. What was answered is in it; nothing more is answered.`;
      this.#host?.failed(new ServerError('ERR_SERVER_JOURNAL_WRITE', message, { cause }));
    }
  }

  async #append(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    await this.#file!.append(Buffer.from(linesOf(waiting.map(({ record }) => record)), 'latin1'));
    if (this.#parts.sync === 'always') await this.#file!.sync();
    for (const { seq, kept } of waiting) {
      if (seq > 0) this.#kept = seq;
      kept();
    }
  }

  /** After a power cut the old file is there whole, or the new one is. */
  async #renew(): Promise<void> {
    const { path, disk, header, lock } = this.#parts;
    const { log, timers } = this.#host!;
    const snapshot = this.#snapshot!;
    this.#snapshot = undefined;
    const bytes = new Uint8Array(snapshot.bytes).slice();
    const lines = [
      lineOf(header),
      lineOf({ type: 'snapshot', seq: snapshot.seq, at: snapshot.at, bytes, timers: timers(), continued: this.#continued }),
    ];
    // Their timers are among those that are open. What is not in the old file comes after this.
    const kept = [...log.from(snapshot.seq)].filter(({ state, seq }) => state === 'committed' && seq <= this.#kept);
    lines.push(linesOf(kept.map((entry) => recordOf(entry, []))));
    await lock.check();
    const draft = `${path}.new`;
    await disk.remove(draft);
    const file = new AppendFile(path, await disk.open(draft, 'create'), plain, 0);
    await file.append(Buffer.from(lines.join(''), 'latin1'));
    await file.sync();
    await disk.rename(draft, path);
    await disk.syncDirectory(dirname(path));
    const old = this.#file;
    this.#file = file;
    await old?.close();
  }

  #arm(ms: number): void {
    this.#timer = this.#parts.clock.setTimeout(() => {
      if (this.#state !== 'open') return;
      if (this.#working === undefined && this.#file !== undefined) {
        this.#working = this.#file
          .sync()
          .catch(() => {}) // The next write says so.
          .then(() => {
            this.#working = undefined;
            if (this.#waiting.length > 0 || this.#snapshot !== undefined) this.#work();
          });
      }
      this.#arm(ms);
    }, ms);
  }
}

/** Messages that follow each other share a line: to write one costs far more than to write its messages. */
function linesOf(records: readonly (EntryRecord | ContinuedRecord)[]): string {
  const lines: string[] = [];
  for (let i = 0; i < records.length; ) {
    const entries: EntryRecord[] = [];
    for (let one = records[i]; one?.type === 'entry' && entries.length < TOGETHER; one = records[++i]) entries.push(one);
    lines.push(lineOf(entries.length > 0 ? { type: 'entries', entries } : records[i++]!));
  }
  return lines.join('');
}

const isTimer = ([kind]: Effect): boolean => kind === 'timer' || kind === 'cancel';

function recordOf({ seq, message, at, answers, continues }: Entry, effects: readonly Effect[]): EntryRecord {
  const { kind, name, content } = message;
  return {
    type: 'entry',
    seq,
    kind,
    name,
    content,
    at,
    answers: [...(answers ?? [])],
    effects: effects.filter(isTimer),
    continues,
  } as const;
}
