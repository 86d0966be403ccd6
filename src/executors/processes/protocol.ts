import type { Encoded } from '../../core/codec.ts';
import type { FailedItem, ItemMeta } from '../../core/wire.ts';
import type { SessionInit } from '../../thread/session.ts';
import type { Blame, Exit } from '../executor.ts';
import type { WorkerSettings } from '../threads/host.ts';

/** What a cell is told before anything else. */
export interface CellInit {
  readonly settings: Omit<WorkerSettings, 'env'> & { readonly env: NodeJS.ProcessEnv | undefined };
  /** Where the control blocks of its threads are mirrored. */
  readonly mirror: string;
}

/** What a cell needs to start one of its threads. */
export type CellSession = Omit<SessionInit, 'port' | 'control' | 'mirror'>;

/** Parent to cell; `thread` is the number of the thread in its cell, which is also its place in the mirror. */
export type ToCell =
  | { readonly do: 'init'; readonly init: CellInit }
  | { readonly do: 'start'; readonly thread: number; readonly session: CellSession }
  | {
      readonly do: 'run';
      readonly thread: number;
      readonly bundle: number;
      readonly ids: readonly number[];
      readonly inputs: Uint8Array;
      readonly metas: readonly (ItemMeta | undefined)[] | undefined;
    }
  | { readonly do: 'revoke'; readonly thread: number; readonly bundle: number }
  | { readonly do: 'abort'; readonly thread: number; readonly bundle: number; readonly index: number }
  | { readonly do: 'assign'; readonly thread: number; readonly slot: number; readonly generation: number }
  | { readonly do: 'terminate'; readonly thread: number };

/** An exit on its way: the error encoded, as between threads. */
export interface SentExit extends Omit<Exit, 'error'> {
  readonly error: Encoded | undefined;
  readonly blame: Blame;
}

/** Cell to parent. */
export type FromCell =
  | { readonly tell: 'started'; readonly thread: number; readonly threadId: number }
  | { readonly tell: 'ready'; readonly thread: number }
  | {
      readonly tell: 'done';
      readonly thread: number;
      readonly bundle: number;
      readonly from: number;
      readonly values: Uint8Array;
      readonly times: readonly number[];
      readonly failed: readonly FailedItem[] | undefined;
    }
  | { readonly tell: 'progress'; readonly thread: number; readonly bundle: number; readonly index: number; readonly value: unknown }
  | { readonly tell: 'lateError'; readonly thread: number; readonly taskId: number; readonly attempt: number; readonly error: Encoded }
  | { readonly tell: 'unreadable' | 'garbage'; readonly thread: number }
  | { readonly tell: 'revoked'; readonly thread: number; readonly bundle: number; readonly claimed: number }
  | { readonly tell: 'exited'; readonly thread: number; readonly exit: SentExit };
