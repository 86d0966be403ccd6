import type { ThreadEnd } from '../host/server-thread.ts';
import type { Phase } from '../wire.ts';

/** Why a thread died. */
export interface Death {
  /** `threw`: code of the server has thrown it. `timeout`, `convicted`, `tainted`, `stopped`: it was ended for that. */
  readonly cause: ThreadEnd['cause'] | 'threw' | Ended;
  readonly error: unknown;
  readonly exitCode: number | undefined;
  readonly seq: number;
  readonly phase: Phase;
  /** It had its state. */
  readonly lived: boolean;
}

/** What a thread is ended for. */
export type Ended = 'timeout' | 'start' | 'convicted' | 'tainted' | 'stopped';
