import type { Clock, KeepAlive } from '../../core/clock.ts';
import type { ServerTally } from '../../core/servers/server-tally.ts';
import type { ServerEmitter } from '../events.ts';
import type { ServerThreads } from '../host/server-thread.ts';
import type { Deadlines } from '../log/deadlines.ts';
import type { Message } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import type { Mailbox } from '../log/mailbox.ts';
import type { Crew } from '../members/crew.ts';
import type { ResolvedServerOptions } from '../options.ts';
import type { Names } from '../wire.ts';
import type { Agenda } from './agenda.ts';
import type { Effects } from './effects.ts';
import type { Gate } from './gate.ts';
import type { Keeper, Kept } from './keeper.ts';

/** What a server is made of, given from outside. */
export interface ServerParts {
  /** Unique in this program. */
  readonly id: string;
  readonly name: string;
  readonly options: ResolvedServerOptions;
  readonly clock: Clock;
  /** What `context().random()` is made of. */
  readonly seed: number;
  readonly threads: ServerThreads;
  readonly emitter: ServerEmitter;
  readonly tally: ServerTally;
  readonly keepAlive: KeepAlive;
  readonly keeper: Keeper;
  readonly kept: Kept | undefined;
}

/** Messages that wait or are under way, and what they hold, in bytes, about. */
export interface Load {
  readonly messages: number;
  readonly bytes: number;
}

/** What the parts of a server need of each other. */
export interface ServerBody {
  readonly parts: ServerParts;
  readonly log: Log;
  readonly mailbox: Mailbox;
  readonly crew: Crew;
  readonly deadlines: Deadlines;
  readonly agenda: Agenda;
  readonly effects: Effects;
  readonly gate: Gate;
  /** Messages that the module knows, once it is loaded. */
  readonly names: Names | undefined;
  readonly load: Load;
  put(message: Message): void;
  /** Something may go on. */
  flow(): void;
  /** A copy of the state is wanted now. */
  snapshot(): void;
}
