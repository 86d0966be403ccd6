import type { AppendFile } from '../../batch/journal/append-file.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { Latch } from '../../core/latch.ts';
import { soon } from '../../core/soon.ts';
import type { ServerError } from '../errors.ts';
import type { Entry } from '../log/entry.ts';
import type { Log, LogSnapshot } from '../log/log.ts';
import type { Verdict } from '../members/ballots.ts';
import type { OpenTimer } from '../process/agenda.ts';
import type { Keeper } from '../process/keeper.ts';
import { type Effect, KIND } from '../wire.ts';
import { isTaken, renewFailure, writeFailure } from './failures.ts';
import { type FileParts, JournalFile } from './journal-file.ts';
import { areTimers, linesOf, recordOf } from './lines.ts';
import { type HeaderRecord, type LoggedRecord, lineOf } from './record.ts';

export interface JournalParts extends FileParts {
  readonly clock: Clock;
  readonly header: HeaderRecord;
  readonly sync: number | 'always' | 'never';
  readonly file: AppendFile | undefined;
  /** Number of the last message in it, and the last `continue` whose wishes were done. */
  readonly kept: number;
  readonly continued: readonly [seq: number, part: number];
}

/** What a journal needs of its server. */
export interface JournalHost {
  readonly log: Log;
  /** Those that are open, and those that have fired and whose message is not kept yet. */
  timers(): readonly OpenTimer[];
  /** Nothing can be kept any more. */
  failed(error: ServerError): void;
  /** The log could not be cut short; the journal that is there goes on. */
  notRenewed(error: ServerError): void;
}

interface Waiting {
  readonly record: LoggedRecord;
  readonly seq: number;
  readonly kept: () => void;
}

const nothing = (): void => {};

/**
 * Keeps the log on disk. A reply is given when its message is in the file: the end of the program then loses nothing that was answered. Many messages
 * travel in one write. At a snapshot a new file takes the place of the old one, in one step.
 *
 * What cannot be appended ends the server, because it could answer nothing any more. A new file that cannot be made does not: the old one is whole. One
 * that cannot be forced onto the disk, or is gone, is made anew from memory: what the system could not write it may have forgotten.
 */
export class ServerJournal implements Keeper {
  readonly #parts: JournalParts;
  readonly #file: JournalFile;
  /** Opened when there is a file that can bring the state back, or never will be. */
  readonly begun: Latch<ServerError | undefined> = new Latch();
  #host: JournalHost | undefined;
  #waiting: Waiting[] = [];
  #snapshot: LogSnapshot | undefined;
  /** Why the file has to be made anew: it is not known to hold what was answered. */
  #doubt: unknown;
  /** Whether it is to be looked after before anything is appended: forced onto the disk, and that it is still there. */
  #check: 'none' | 'due' = 'none';
  #kept: number;
  #continued: readonly [seq: number, part: number];
  #state: 'open' | 'failed' | 'closed' = 'open';
  #failure: ServerError | undefined;
  /** The work under way. */
  #working: Promise<void> | undefined;
  #timer: Timer | undefined;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#file = new JournalFile(parts);
    this.#kept = parts.kept;
    this.#continued = parts.continued;
    if (parts.file !== undefined) this.begun.open(undefined);
  }

  serve(host: JournalHost): void {
    this.#host = host;
  }

  committed(entry: Entry, verdict: Verdict, kept: (entry: Entry, verdict: Verdict) => void): void {
    this.#add({ record: recordOf(entry, verdict.effects ?? []), seq: entry.seq, kept: () => kept(entry, verdict) });
  }

  continued(seq: number, part: number, effects: readonly Effect[], kept: () => void): void {
    if (effects.length === 0) {
      kept();
      return;
    }
    const record = { type: 'continued', seq, part, at: this.#parts.clock.wall(), effects: areTimers(effects) } as const;
    const done = (): void => {
      this.#continued = [seq, part];
      kept();
    };
    this.#add({ record, seq: 0, kept: done });
  }

  /** A timer whose message is part of no replay does not come in the next life, either. */
  dropped({ message: { kind, name } }: Entry): void {
    if (kind === KIND.timer) this.#add({ record: { type: 'dropped', timer: name }, seq: 0, kept: nothing });
  }

  snapshot(snapshot: LogSnapshot): void {
    this.#snapshot = snapshot;
    this.#work();
  }

  /** @throws {ServerError} `ERR_SERVER_JOURNAL_WRITE` if what was answered may not outlive the machine */
  async close(): Promise<void> {
    this.#check = 'due';
    this.#work();
    while (this.#working !== undefined) await this.#working;
    this.#parts.clock.clearTimeout(this.#timer);
    this.#state = 'closed';
    await this.#file.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #add(one: Waiting): void {
    this.#waiting.push(one);
    if (this.#parts.sync === 'always') this.#check = 'due';
    this.#work();
  }

  get #isToDo(): boolean {
    if (this.#state !== 'open') return false;
    return this.#snapshot !== undefined || (this.#file.isThere && (this.#check === 'due' || this.#waiting.length > 0));
  }

  /** One piece of work at a time; what comes meanwhile travels with the next. */
  #work(): void {
    if (this.#working !== undefined || !this.#isToDo) return;
    this.#working = this.#pump().then(() => {
      this.#working = undefined;
      this.#work();
    });
  }

  async #pump(): Promise<void> {
    await soon(nothing); // What is committed in this turn travels together.
    try {
      while (this.#isToDo) await this.#step();
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #step(): Promise<void> {
    if (this.#check === 'due' && this.#file.isThere) return this.#lookAfter();
    const { seq: next } = this.#snapshot ?? { seq: Number.POSITIVE_INFINITY };
    // What is in the snapshot is answered first: its replies wait for that.
    const isFirst = this.#snapshot === undefined || this.#waiting.some(({ seq }) => seq > 0 && seq < next);
    return isFirst ? this.#append() : this.#renew();
  }

  async #lookAfter(): Promise<void> {
    this.#check = 'none';
    try {
      if (this.#parts.sync === 'always') await this.#file.look();
      await this.#file.sync();
    } catch (cause) {
      if (isTaken(cause)) throw cause;
      this.#doubt = cause;
      this.#snapshot ??= this.#host!.log.snapshot;
    }
  }

  async #append(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const lines = linesOf(
      waiting.map(({ record }) => record),
      this.#file.synced,
    );
    await this.#file.append(lines, this.#parts.sync === 'always');
    for (const { seq, kept } of waiting) {
      if (seq > 0) this.#kept = seq;
      kept();
    }
    this.#arm();
  }

  async #renew(): Promise<void> {
    const { path, header } = this.#parts;
    const { log, timers, notRenewed } = this.#host!;
    const { seq, at, bytes } = this.#snapshot!;
    this.#snapshot = undefined;
    const state = new Uint8Array(bytes).slice();
    const first = [lineOf(header), lineOf({ type: 'snapshot', seq, at, bytes: state, timers: timers(), continued: this.#continued })];
    // Their timers are among those that are open. What is not in the old file comes after this.
    const kept = [...log.from(seq)].filter((entry) => entry.state === 'committed' && entry.seq <= this.#kept);
    const records = kept.map((entry) => recordOf(entry, []));
    const failure = await this.#file.replace(first.join('') + linesOf(records, 0));
    if (failure === undefined) this.#doubt = undefined;
    else if (this.#doubt !== undefined || !this.#file.isThere) throw failure;
    else notRenewed(renewFailure(path, failure));
    this.begun.open(undefined);
  }

  #fail(cause: unknown): void {
    this.#state = 'failed';
    this.#failure = writeFailure(this.#parts.path, cause, this.#doubt === undefined);
    this.begun.open(this.#failure);
    this.#host?.failed(this.#failure);
  }

  /** What was appended is forced onto the disk when its time has come. */
  #arm(): void {
    const { sync, clock } = this.#parts;
    if (typeof sync !== 'number' || this.#timer !== undefined) return;
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#check = 'due';
      this.#work();
    }, sync);
  }
}
