import type { MessagePort } from 'node:worker_threads';
import type { Encoded } from '../../core/wire/codec.ts';
import type { ItemMeta, ItemNote } from '../../core/wire/wire.ts';
import type { MirrorPlace } from '../../thread/mirror.ts';
import type { SessionInit } from '../../thread/session.ts';
import type { Blame, Exit } from '../executor.ts';
import type { Runtime, WorkerSettings } from '../threads/host.ts';

/** Descriptors that a cell inherits: the pipe from its parent, the one to it, and the file of marks. */
export const DESCRIPTOR = { fromParent: 3, toParent: 4, marks: 5 } as const;

/** The first message to a cell. */
export type CellSettings = Omit<WorkerSettings, 'env'> & { readonly env: NodeJS.ProcessEnv | undefined };

/** What a cell needs to start one of its threads. */
export type CellSession = Omit<SessionInit, 'port' | 'control' | 'mirror'>;

/** What the runtime of a thread is given that is no business of its cell: what the parent has said, as bytes, and where the thread leaves its marks. */
export interface PipedSession {
  readonly port: MessagePort;
  readonly packed: Uint8Array;
  readonly mirror: MirrorPlace;
}

/** Parent to cell; `thread` is the number of the thread in its cell. Inputs travel beside the message, as bytes. */
export type ToCell =
  | { readonly do: 'init'; readonly settings: CellSettings }
  | { readonly do: 'start'; readonly thread: number; readonly place: number; readonly session: CellSession }
  | {
      readonly do: 'run';
      readonly thread: number;
      readonly bundle: number;
      readonly ids: readonly number[];
      readonly metas: readonly (ItemMeta | undefined)[] | undefined;
    }
  | { readonly do: 'revoke'; readonly thread: number; readonly bundle: number }
  | { readonly do: 'abort'; readonly thread: number; readonly bundle: number; readonly index: number }
  | { readonly do: 'assign'; readonly thread: number; readonly slot: number; readonly generation: number }
  | { readonly do: 'tearDown'; readonly thread: number }
  | { readonly do: 'terminate'; readonly thread: number }
  /** How much memory does the process hold? */
  | { readonly do: 'measure'; readonly thread: number };

/** Every order to a cell. */
export type CellCommand =
  | ToCell
  /** Starts a thread that is no business of the cell: what it is to be, and all that it is sent later, travels beside the message. */
  | { readonly do: 'open'; readonly thread: number; readonly place: number; readonly runtime: Runtime }
  | { readonly do: 'pass'; readonly thread: number };

/** An exit on its way: the error encoded, as between threads. */
export interface SentExit extends Omit<Exit, 'error'> {
  readonly error: Encoded | undefined;
  readonly blame: Blame;
}

/** Cell to parent. The values of `done` travel beside it, as bytes. */
export type FromCell =
  | { readonly tell: 'started'; readonly thread: number; readonly threadId: number }
  | { readonly tell: 'ready'; readonly thread: number }
  | {
      readonly tell: 'done';
      readonly thread: number;
      readonly bundle: number;
      readonly from: number;
      readonly times: readonly number[];
      readonly notes: readonly ItemNote[] | undefined;
    }
  | { readonly tell: 'progress'; readonly thread: number; readonly bundle: number; readonly index: number; readonly value: unknown }
  | { readonly tell: 'lateError'; readonly thread: number; readonly taskId: number; readonly attempt: number; readonly error: Encoded }
  | { readonly tell: 'unreadable' | 'garbage' | 'tearsDown'; readonly thread: number }
  | { readonly tell: 'tornDown'; readonly thread: number; readonly error: Encoded | undefined }
  | { readonly tell: 'message'; readonly thread: number; readonly value: unknown }
  | { readonly tell: 'accounted'; readonly thread: number; readonly bundle: number; readonly upTo: number }
  | { readonly tell: 'revoked'; readonly thread: number; readonly bundle: number; readonly claimed: number }
  | { readonly tell: 'memory'; readonly thread: number; readonly bytes: number }
  | { readonly tell: 'exited'; readonly thread: number; readonly exit: SentExit };

/** From a thread that is no business of the cell; what it says travels beside the message. */
export interface PassedOn {
  readonly tell: 'passed';
  readonly thread: number;
}
/** All that a cell says. */
export type CellWord = FromCell | PassedOn;
