import type { ServerNow } from '../core/servers/server-roll.ts';
import type { TreeNode } from '../supervision/tree.ts';
import type { ServerProcess } from './process/process.ts';

/** One thread of a server. */
export interface ServerThreadStatus {
  /** `worker.threadId`. */
  readonly threadId: number;
  /** Its process, with `isolation: 'process'`. */
  readonly pid: number | undefined;
  /** `voter`: it answers. `standby`: it follows. */
  readonly role: 'voter' | 'standby';
  /** `starting`: its state is being made or restored. `ending`: it was asked to end. */
  readonly state: 'starting' | 'live' | 'ending' | 'dead';
  /** Number of the last message that is in its state. */
  readonly applied: number;
}

/** How a server stands; a snapshot. */
export interface ServerStatus {
  /** Name of the server. */
  readonly name: string;
  /** `draining`, `terminating`: it is being stopped. `over`: it has ended. */
  readonly state: 'open' | 'draining' | 'terminating' | 'over';
  /** `suspend()` has it wait. */
  readonly suspended: boolean;
  /** Messages that wait for their turn. */
  readonly mailbox: number;
  /** About how many bytes all messages hold that wait or are under way; `maxMailboxBytes` bounds them. */
  readonly mailboxBytes: number;
  /** Number of the last message that was answered; how many the log holds, how many of these are not answered yet, and about how many bytes. */
  readonly log: { readonly committed: number; readonly messages: number; readonly open: number; readonly bytes: number };
  /** Timers that are open. */
  readonly timers: number;
  /** How many times a thread was replaced. */
  readonly restarts: number;
  /** Threads that were given up and have not ended. */
  readonly orphans: number;
  /** Those that vote, and those that stand by. */
  readonly threads: readonly ServerThreadStatus[];
}

export function statusOf({ parts, ending, gate, mailbox, load, log, agenda, crew }: ServerProcess): ServerStatus {
  return {
    name: parts.name,
    state: ending.state,
    suspended: gate.isShut,
    mailbox: mailbox.length,
    mailboxBytes: load.bytes,
    log: { committed: log.committed - 1, messages: log.length, open: log.open, bytes: log.bytes },
    timers: agenda.open.length,
    restarts: crew.restarts,
    orphans: crew.orphans,
    threads: crew.members.map(({ threadId, pid, role, state, applied }) => ({ threadId, pid, role, state, applied })),
  };
}

export function treeOf({ parts, ending, log, crew }: ServerProcess): TreeNode {
  const children = crew.members.map(({ threadId, pid, role, state, current, isBusy }, index) => ({
    id: String(index),
    kind: role === 'voter' ? 'thread' : 'standby',
    state: state === 'live' ? (isBusy && current.phase !== 0 ? 'busy' : 'ready') : state,
    restarts: 0,
    threadId,
    ...(pid === undefined ? {} : { pid }),
  }));
  const orphans = crew.orphans === 0 ? {} : { orphans: crew.orphans };
  const state = ending.state === 'open' ? 'running' : ending.state;
  return { id: parts.name, kind: 'server', state, restarts: crew.restarts, ...orphans, finished: log.committed - 1, children };
}

/** The same for metrics and pages. */
export function nowOf(process: ServerProcess): ServerNow {
  const { isolation, maxMailbox, maxMailboxBytes, replicas, standby } = process.parts.options;
  const stateBytes = process.log.snapshot?.bytes.byteLength ?? 0;
  return { ...statusOf(process), stateBytes, isolation, maxMailbox, maxMailboxBytes, replicas, standby };
}
