import type { Encoded } from '../../core/wire/codec.ts';
import type { ItemMeta, ItemNote } from '../../core/wire/wire.ts';
import type { SessionInit } from '../../thread/session.ts';
import type { Blame, Exit } from '../executor.ts';
import type { WorkerSettings } from '../threads/host.ts';

/** Descriptors that a cell inherits: the pipe from its parent, the one to it, and the file of marks. */
export const DESCRIPTOR = { fromParent: 3, toParent: 4, marks: 5 } as const;

/** The first message to a cell. */
export type CellSettings = Omit<WorkerSettings, 'env'> & { readonly env: NodeJS.ProcessEnv | undefined };

/** What a cell needs to start one of its threads. */
export type CellSession = Omit<SessionInit, 'port' | 'control' | 'mirror'>;

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
