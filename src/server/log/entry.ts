import { sizeOf } from '../content.ts';
import { type Answer, type Content, type Item, type Kind, NO_CONTINUE, QUIET } from '../wire.ts';
import type { Pending } from './pending.ts';

/** A message that waits, or that has got its place in the log. */
export interface Message {
  readonly kind: Kind;
  readonly name: string;
  readonly content: Content;
  /** Bytes of the content, about. */
  readonly size: number;
  readonly pending: Pending | undefined;
  /** Servers that wait for this message to be handled, by their ids. */
  readonly chain: readonly string[];
}

/**
 * - `open`: sent, or about to be; it may have been handled
 * - `committed`: it was handled, and its effects may be seen; from now on it is part of every replay
 * - `dropped`: it has killed the server, or could not be agreed on; it is part of no replay
 */
export type EntryState = 'open' | 'committed' | 'dropped';

/** One message of the log. All that decides what a handler does is in here, and in the state before it. */
export class Entry {
  readonly seq: number;
  readonly message: Message;
  /** When it entered the log; `context().now()`. */
  readonly at: number;
  /** Bytes that it holds, about. */
  size: number;
  state: EntryState;
  /** Deaths of threads that were at it. */
  crashes: number;
  /** What other servers answered to its handler. A replay hears the same. */
  answers: Answer[] | undefined;
  /** Calls to other servers that are under way, by their number. */
  asked: Set<number> | undefined;
  /** What becomes of its `continue`. */
  continues: 'open' | 'done' | 'dropped';

  constructor(seq: number, message: Message, at: number) {
    this.seq = seq;
    this.message = message;
    this.at = at;
    this.size = 64 + message.size;
    this.state = 'open';
    this.crashes = 0;
    this.answers = undefined;
    this.asked = undefined;
    this.continues = 'open';
  }

  /** What another server answered to its handler. Returns the bytes that it holds the more. */
  keep(answer: Answer): number {
    this.answers ??= [];
    this.answers.push(answer);
    const size = 32 + sizeOf(answer[1]);
    this.size += size;
    return size;
  }

  get item(): Item {
    const { kind, name, content } = this.message;
    const flags = (this.state === 'committed' ? QUIET : 0) | (this.continues === 'dropped' ? NO_CONTINUE : 0);
    if (this.answers !== undefined) return [kind, this.seq, name, content, this.at, flags, this.answers];
    return flags === 0 ? [kind, this.seq, name, content, this.at] : [kind, this.seq, name, content, this.at, flags];
  }
}
