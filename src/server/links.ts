import { encodeForSure } from '../core/wire/codec.ts';
import { reviveError } from '../core/wire/revive.ts';
import type { ExitReason } from '../supervision/exit.ts';
import type { ServerProcess } from './process/process.ts';

/** What `info` receives when a monitored server has ended. */
export interface DownMessage {
  /** Tells it from other messages. */
  readonly type: 'down';
  /** Name of the server that has ended. */
  readonly server: string;
  /** Why it has ended. */
  readonly reason: ExitReason;
}

/** What `info` receives, with `trapExits`, when a linked server has ended. */
export interface ExitMessage {
  /** Tells it from other messages. */
  readonly type: 'exit';
  /** Name of the server that has ended. */
  readonly server: string;
  /** Why it has ended. */
  readonly reason: ExitReason;
}

/** Takes back a link or a monitor. */
export type Unlink = () => void;

/** One side of a link: a server, or all partitions of one together. */
export interface Partner {
  readonly name: string;
  readonly exited: Promise<ExitReason>;
  readonly processes: readonly ServerProcess[];
}

/** `watcher` hears of the end of `watched`, once; at once if that has ended already. */
export function monitor(watcher: ServerProcess, watched: Partner): Unlink {
  return whenEnded(watched, (reason) =>
    watcher.entrance.notify({ type: 'down', server: watched.name, reason: portable(reason) } satisfies DownMessage),
  );
}

/** Two servers that cannot do without each other: when one ends abnormally, so does the other, unless it traps exits. */
export function link(one: Partner, other: Partner): Unlink {
  const undo = [whenEnded(other, (reason) => follow(one, other, reason)), whenEnded(one, (reason) => follow(other, one, reason))];
  return () => {
    for (const each of undo) each();
  };
}

function follow(survivor: Partner, dead: Partner, reason: ExitReason): void {
  for (const { parts, entrance, ending } of survivor.processes) {
    if (parts.options.trapExits) entrance.notify({ type: 'exit', server: dead.name, reason: portable(reason) } satisfies ExitMessage);
    else if (reason.kind === 'error' || reason.kind === 'killed') ending.end(reason);
  }
}

function whenEnded(server: Partner, then: (reason: ExitReason) => void): Unlink {
  let wanted = true;
  void server.exited.then((reason) => {
    if (wanted) then(reason);
  });
  return () => {
    wanted = false;
  };
}

/** A reason may hold an error of any kind; the part that can be cloned is passed on. */
function portable(reason: ExitReason): ExitReason {
  return reason.kind === 'error' ? { kind: 'error', error: reviveError(encodeForSure(reason.error)) } : { kind: reason.kind };
}
