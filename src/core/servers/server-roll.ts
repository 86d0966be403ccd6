import type { ServerTally } from './server-tally.ts';

/** Something that happened to a server: a death, a take-over, a conviction, a message that was dropped, a copy of the state that failed. */
export interface ServerIncident {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: 'death' | 'takeOver' | 'conviction' | 'dropped' | 'snapshotFailed';
  readonly text: string;
  /** What stands in the error, if there was one. It may hold what users have sent. */
  readonly error: unknown;
}

/** One of the last messages of a server. */
export interface ServerMessageSeen {
  readonly seq: number;
  readonly kind: string;
  readonly name: string;
  readonly at: number;
  readonly outcome: string;
  /** What came with it. */
  readonly message: unknown;
}

/** How a server stands; plain data. */
export interface ServerNow {
  readonly name: string;
  readonly state: 'open' | 'draining' | 'terminating' | 'over';
  readonly isolation: 'thread' | 'process';
  readonly mailbox: number;
  readonly maxMailbox: number;
  /** Bytes of the messages that wait or are under way, about. */
  readonly mailboxBytes: number;
  readonly maxMailboxBytes: number;
  readonly log: { readonly committed: number; readonly messages: number; readonly open: number; readonly bytes: number };
  /** Bytes of the copy of the state with which the log begins; 0 without one. */
  readonly stateBytes: number;
  readonly timers: number;
  readonly restarts: number;
  readonly orphans: number;
  readonly replicas: number;
  readonly standby: number;
  readonly threads: readonly {
    readonly threadId: number;
    readonly pid: number | undefined;
    readonly role: 'voter' | 'standby';
    readonly state: 'starting' | 'live' | 'ending' | 'dead';
    readonly applied: number;
  }[];
}

/** A node of a live tree, as in `supervision/`. */
export interface ServerTree {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly restarts: number;
  readonly children?: readonly ServerTree[];
}

/** A server that runs, as metrics and pages see it. Asked when they are read, and at no other time. */
export interface EnrolledServer {
  readonly id: string;
  readonly name: string;
  readonly tally: ServerTally;
  now(): ServerNow;
  tree(): ServerTree;
  /** The last ones, oldest first. */
  incidents(): readonly ServerIncident[];
  /** The last messages, oldest first; as many as the server keeps. */
  recent(): readonly ServerMessageSeen[];
}

/** Hangs on a global symbol: a program may load this package twice, as ES modules and as CommonJS. */
const SLOT: unique symbol = Symbol.for('holdfast.servers.roll') as never;
const holder = globalThis as { [SLOT]?: Set<EnrolledServer> };

/** The servers of this program that have not ended, in the order in which they were started. */
export function serversOnRoll(): ReadonlySet<EnrolledServer> {
  holder[SLOT] ??= new Set();
  return holder[SLOT];
}

/** @returns a function that takes it off again */
export function enrol(server: EnrolledServer): () => void {
  const roll = serversOnRoll() as Set<EnrolledServer>;
  roll.add(server);
  return () => void roll.delete(server);
}
