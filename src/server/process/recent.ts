import { copyOf } from '../content.ts';
import type { Entry } from '../log/entry.ts';
import type { Verdict } from '../members/ballots.ts';
import { type Content, KIND, OUTCOME } from '../wire.ts';

/** One of the last messages, for debugging. */
export interface RecentMessage {
  /** Its number in the log. */
  readonly seq: number;
  /** What kind of message it was. */
  readonly kind: 'call' | 'cast' | 'info' | 'timer';
  /** Its name; of a timer, its reference. */
  readonly name: string;
  /** What came with it. */
  readonly message: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What came of it. */
  readonly outcome: 'replied' | 'failed' | 'later';
}

const KINDS = { [KIND.call]: 'call', [KIND.cast]: 'cast', [KIND.info]: 'info', [KIND.timer]: 'timer' } as const;
const OUTCOMES = { [OUTCOME.reply]: 'replied', [OUTCOME.fail]: 'failed', [OUTCOME.later]: 'later' } as const;

/** The last messages that were committed. */
export class Recent {
  readonly #most: number;
  #kept: (Omit<RecentMessage, 'message'> & { readonly content: Content })[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add({ seq, at, message: { kind, name, content } }: Entry, { outcome }: Verdict): void {
    if (this.#most === 0) return;
    this.#kept.push({ seq, kind: KINDS[kind as 0], name, content, at, outcome: OUTCOMES[outcome as 0] });
    if (this.#kept.length > this.#most) this.#kept.shift();
  }

  /** Oldest first. */
  list(): RecentMessage[] {
    return this.#kept.map(({ content, ...rest }) => ({ ...rest, message: copyOf(content) }));
  }
}
