import type { Entry } from '../log/entry.ts';
import type { LogSnapshot } from '../log/log.ts';
import type { Verdict } from '../members/ballots.ts';
import type { Effect } from '../wire.ts';
import type { OpenTimer } from './agenda.ts';

/** What keeps the log beyond the end of the program; see `journal/`. */
export interface Keeper {
  /** A message was committed. `kept` is called when it survives the end of the program; in order. */
  committed(entry: Entry, verdict: Verdict, kept: (entry: Entry, verdict: Verdict) => void): void;
  /** The part-th `continue` after a message was done. */
  continued(seq: number, part: number, effects: readonly Effect[], kept: () => void): void;
  /** A message was rejected, and is part of no replay. */
  dropped(entry: Entry): void;
  /** The log begins anew. */
  snapshot(snapshot: LogSnapshot): void;
  /** Writes what there is; rejects if that cannot be. */
  close(): Promise<void>;
}

/** What a journal knows of an earlier program. */
export interface Kept {
  readonly snapshot: LogSnapshot;
  readonly entries: readonly Entry[];
  readonly timers: readonly OpenTimer[];
  /** The last `continue` whose wishes were done. */
  readonly continued: readonly [seq: number, part: number];
}

/** Without a journal, what is committed is kept as well as it ever will be. */
export const inMemory: Keeper = {
  committed: (entry, verdict, kept) => kept(entry, verdict),
  continued: (_seq, _part, _effects, kept) => kept(),
  dropped: () => {},
  snapshot: () => {},
  close: async () => {},
};

/** How far the log is kept beyond the end of the program. Messages are given to be kept in order, and are kept in order. */
export class Keeping {
  #given = 0;
  #kept = 0;

  given(seq: number): void {
    this.#given = seq;
  }

  kept(seq: number): void {
    this.#kept = seq;
  }

  /** Whether all messages before this one are; those that were dropped leave gaps. */
  isKept(before: number): boolean {
    return this.#kept === this.#given || before <= this.#kept + 1;
  }
}
