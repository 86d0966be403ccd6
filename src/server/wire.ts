import type { Encoded } from '../core/wire/codec.ts';
import type { From } from './define/context.ts';

/** Kinds of messages. Those before `read` change the state, and stand in the log. */
export const KIND = { call: 0, cast: 1, info: 2, timer: 3, read: 4, snapshot: 5, look: 6, terminate: 7, continue: 8, restore: 9 } as const;
export type Kind = (typeof KIND)[keyof typeof KIND];
/** Where a message that was dropped is counted; all others are at the number of their outcome. */
export const DROPPED = 3;

/** A message's content on its way; with `restore` a copy of the state. A primitive as it is, a small object as a copy, anything else as bytes. */
export type Content = string | number | boolean | bigint | null | undefined | object;

/** A copy of the state: in memory that threads share, or as it came from another process. */
export type StateBytes = ArrayBufferLike;

/** It was answered before: no reply is wanted. */
export const QUIET = 1;
/** What its `continue` did must be left out: it has killed the server. */
export const NO_CONTINUE = 2;

/** What another server answered to the n-th call of a handler. */
export type Answer = readonly [n: number, value: Content, failed: boolean];

/** One message to a thread. For `read` and what follows it, `seq` is a number of their own, below -1. */
export type Item = readonly [
  kind: Kind,
  seq: number,
  name: string,
  content: Content,
  at: number,
  flags?: number,
  answers?: readonly Answer[] | undefined,
];

/** How a message was handled. `threw` is the last that a thread says. */
export const OUTCOME = { reply: 0, fail: 1, later: 2, threw: 3 } as const;
export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME];

/** What a handler wants done once its message is committed. */
export type Effect =
  | readonly [kind: 'reply', to: From, content: Content, failed: boolean]
  | readonly [kind: 'timer', ref: string, ms: number]
  | readonly [kind: 'cancel', ref: string]
  | readonly [kind: 'cast', server: string, name: string, content: Content]
  | readonly [kind: 'stop', error: Encoded | undefined];

export type Report = readonly [seq: number, outcome: Outcome, value: unknown, effects: readonly Effect[] | undefined];

/** Beyond all kinds: an item that is sent alone needs nothing around it. */
export const TO = { items: 10, answer: 11 } as const;
export type ToThread =
  | Item
  | readonly [tag: typeof TO.items, items: readonly Item[]]
  | readonly [tag: typeof TO.answer, seq: number, answer: Answer];

export const FROM = {
  ready: 0,
  ignored: 1,
  failed: 2,
  reports: 3,
  applied: 4,
  snapshot: 5,
  ask: 6,
  continued: 7,
  crashing: 8,
  exiting: 9,
  report: 10,
} as const;
export type FromThread =
  /** The state is there. `first`: its bytes, if a log is kept. */
  | readonly [tag: typeof FROM.ready, first: StateBytes | undefined, effects: readonly Effect[] | undefined, names: Names]
  | readonly [tag: typeof FROM.ignored]
  | readonly [tag: typeof FROM.failed, error: Encoded]
  | readonly [tag: typeof FROM.reports, reports: readonly Report[]]
  /** One report: most come alone, and each list in a message costs its sender and its receiver a microsecond. */
  | readonly [tag: typeof FROM.report, seq: number, outcome: Outcome, value: unknown, effects: readonly Effect[] | undefined]
  /** Messages up to this one are in the state; told where no reports are sent. */
  | readonly [tag: typeof FROM.applied, seq: number]
  /** The snapshot of that number, or why the state cannot be copied. */
  | readonly [tag: typeof FROM.snapshot, id: number, bytes: StateBytes | undefined, error: Encoded | undefined]
  | readonly [tag: typeof FROM.ask, seq: number, n: number, server: string, name: string, content: Content, timeout: number | undefined]
  /** The part-th `continue` after this message was done, with these effects. */
  | readonly [tag: typeof FROM.continued, seq: number, part: number, effects: readonly Effect[]]
  /** Last words: what this message (-1: none that is known), or the `continue` after it, has thrown. */
  | readonly [tag: typeof FROM.crashing, seq: number, phase: Phase, error: Encoded]
  /** Last words as well: code of the user ends the thread, by `process.exit`; what that belongs to, if it can be told. */
  | readonly [tag: typeof FROM.exiting, exitCode: number, seq?: number | undefined, phase?: Phase | undefined];

/** What a thread is at. `doubtful`: it died while this message was going on, perhaps of something that an earlier one had left behind. */
export const PHASE = { idle: 0, handler: 1, continuing: 2, read: 3, other: 4, doubtful: 5 } as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

/** The first message to a new thread. */
export interface ThreadInit {
  /** `file:` URL of the module. */
  readonly href: string;
  /** Its export. */
  readonly exported: string;
  readonly server: string;
  readonly name: string;
  readonly replica: number;
  readonly seed: number;
  /** When the state was made first, for `context().now()` in `init`. */
  readonly at: number;
  /** Whether snapshots will be wanted. */
  readonly logged: boolean;
  /** Whether it is to know of all code which message that belongs to: a thread has died, and it could not be told of what. */
  readonly watches: boolean;
  /** Milliseconds for which its reports may wait for company while messages are short. */
  readonly reportsWait: number;
  /** Where the state comes from. */
  readonly from:
    | { readonly kind: 'init'; readonly options: Content }
    | { readonly kind: 'snapshot'; readonly bytes: StateBytes; readonly seq: number };
}

/** The messages that a server knows. */
export interface Names {
  readonly version: number | string;
  readonly call: readonly string[];
  readonly read: readonly string[];
  readonly cast: readonly string[];
  /** There is something to be called at the end. */
  readonly terminates: boolean;
}
