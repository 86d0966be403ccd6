import type { Answer, StateBytes } from '../wire.ts';
import { Entry, type Message } from './entry.ts';

/** The state as it was before message `seq`. */
export interface LogSnapshot {
  readonly seq: number;
  readonly bytes: StateBytes;
  /** When the last message that is in it came. */
  readonly at: number;
}

/**
 * The messages of a server in order. Three use it: recovery applies it late, from the snapshot on; a standby early, as far as it is committed;
 * replicas side by side, up to its end.
 *
 * ```
 *     snapshot        committed          end
 *        │ part of every replay │ open    │ the next message
 *   ─────┴──────────────────────┴─────────┴─────
 * ```
 */
export class Log {
  /** In order, from `#base` on. */
  #entries: Entry[] = [];
  #base: number;
  /** Number of the first message that is not committed. */
  committed: number;
  snapshot: LogSnapshot | undefined;
  #lastAt: number;
  #bytes = 0;
  #taken = 0;
  #openBytes = 0;

  /** @param first number of the first message */
  constructor(first = 1, at = 0) {
    this.#base = first;
    this.committed = first;
    this.#lastAt = at;
  }

  /** What a journal has kept: all of it is committed. */
  static of(snapshot: LogSnapshot, entries: readonly Entry[]): Log {
    const log = new Log(snapshot.seq, entries.at(-1)?.at ?? snapshot.at);
    log.snapshot = snapshot;
    for (const entry of entries) {
      if (entry.state !== 'dropped') entry.state = 'committed';
      log.#entries.push(entry);
      log.#add(entry.size);
    }
    log.committed = log.end;
    return log;
  }

  /** Number of the next message. */
  get end(): number {
    return this.#base + this.#entries.length;
  }

  /** Messages that are kept. */
  get length(): number {
    return this.#entries.length;
  }

  /** What they hold, in bytes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that have ever entered it. */
  get taken(): number {
    return this.#taken;
  }

  /** Messages that are not committed. */
  get open(): number {
    return this.end - this.committed;
  }

  /** What those hold, in bytes, about. */
  get openBytes(): number {
    return this.#openBytes;
  }

  /** Where a new thread begins: behind the snapshot, or with the first message that is not committed if there is no snapshot. */
  get start(): number {
    return this.snapshot?.seq ?? this.committed;
  }

  /** @param wall milliseconds since 1970 */
  append(message: Message, wall: number): Entry {
    // Clocks are set back; what handlers see is not.
    this.#lastAt = Math.max(this.#lastAt, wall);
    const entry = new Entry(this.end, message, this.#lastAt);
    this.#entries.push(entry);
    this.#add(entry.size);
    this.#openBytes += entry.size;
    return entry;
  }

  /** The next message is decided: it is committed, or dropped. */
  pass(): void {
    this.#openBytes -= this.get(this.committed)?.size ?? 0;
    this.committed++;
  }

  /** Another server has answered the handler of this message. */
  answered(entry: Entry, answer: Answer): void {
    const size = entry.keep(answer);
    if (this.get(entry.seq) !== entry) return;
    this.#add(size);
    if (entry.seq >= this.committed) this.#openBytes += size;
  }

  #add(size: number): void {
    this.#bytes += size;
    this.#taken += size;
  }

  /** When the last message before this one came. */
  atBefore(seq: number): number {
    return this.get(seq - 1)?.at ?? this.snapshot?.at ?? this.#lastAt;
  }

  get(seq: number): Entry | undefined {
    return seq < this.#base ? undefined : this.#entries[seq - this.#base];
  }

  /** Those from `seq` on, in order. */
  *from(seq: number): IterableIterator<Entry> {
    for (let at = Math.max(seq, this.#base); at < this.end; at++) yield this.get(at)!;
  }

  /** Forgets what comes before `seq`: it is in the snapshot, and every living member has it. */
  trim(seq: number): void {
    const count = Math.min(Math.max(0, seq - this.#base), this.#entries.length);
    if (count === 0) return;
    for (const entry of this.#entries.splice(0, count)) this.#bytes -= entry.size;
    this.#base += count;
  }
}
