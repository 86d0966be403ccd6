import type { Control } from '../control.ts';
import type { FromThread, StateBytes } from '../wire.ts';
import type { AnyServer } from './load-server.ts';
import type { Surroundings } from './scope.ts';

/** What an applier stands on. */
export interface ApplierHost {
  readonly server: AnyServer;
  readonly around: Surroundings;
  readonly control: Control;
  /** Whether it is to know of all code which message that belongs to. */
  readonly watches: boolean;
  /** Milliseconds for which reports may wait for company while messages are short. */
  readonly reportsWait: number;
  post(message: FromThread): void;
  /** A copy of the state in a form in which it can be posted. */
  keep(state: Uint8Array): StateBytes;
  /** Milliseconds on the machine's monotonic clock. */
  now(): number;
  /** Ends the thread: its state may be half changed. Last words are sent. */
  die(): void;
}
