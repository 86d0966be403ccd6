import { TimeHistogram } from '../counting/histogram.ts';
import { LabelCounts } from '../counting/tally.ts';

/** Kinds of messages, each at its own number: `KIND` of the server's wire begins with them. */
export const MESSAGE_KINDS = ['call', 'cast', 'info', 'timer', 'read'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];
/** What can come of one: a reply, an error as the reply, a reply that comes later; or it is part of no replay. */
export const MESSAGE_OUTCOMES = ['replied', 'failed', 'later', 'dropped'] as const;
export type MessageOutcome = (typeof MESSAGE_OUTCOMES)[number];
/** Why a message was not taken: too many wait, the server ends or has ended, or the server does not know such a message, or it cannot be sent. */
export const REFUSALS = ['mailbox_full', 'stopped', 'message'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What a server has counted since it began. Times in milliseconds. */
export class ServerTally {
  /** By kind, and in it by outcome. */
  readonly #messages: number[] = new Array<number>(MESSAGE_KINDS.length * MESSAGE_OUTCOMES.length).fill(0);
  readonly refused: LabelCounts = new LabelCounts();
  /** From `call` to its settlement, whatever that was. */
  readonly calls: TimeHistogram = new TimeHistogram();
  timeouts = 0;
  lateReplies = 0;
  /** Deaths of threads, by the role and the reason of each, with a space between. */
  readonly exits: LabelCounts = new LabelCounts();
  readonly takeOvers: TimeHistogram = new TimeHistogram();
  convictions = 0;
  snapshots = 0;
  snapshotsFailed = 0;

  /** @param kind place in `MESSAGE_KINDS` @param outcome place in `MESSAGE_OUTCOMES` */
  message(kind: number, outcome: number): void {
    this.#messages[kind * MESSAGE_OUTCOMES.length + outcome]!++;
  }

  count(kind: MessageKind, outcome: MessageOutcome): number {
    return this.#messages[MESSAGE_KINDS.indexOf(kind) * MESSAGE_OUTCOMES.length + MESSAGE_OUTCOMES.indexOf(outcome)]!;
  }

  /** Messages that were handled, in whatever way. */
  get handled(): number {
    return this.#messages.reduce((sum, count) => sum + count, 0);
  }
}
