import type { Clock } from '../../core/clock.ts';
import { outside } from '../../core/foreign/context.ts';
import { epochOf } from '../../core/time/machine.ts';
import { toBytes } from '../../core/wire/bytes.ts';
import { settingsOf } from '../../executors/processes/cell-executor.ts';
import { Cells } from '../../executors/processes/cells.ts';
import { PipedThread } from '../../executors/processes/piped-thread.ts';
import type { WorkerSettings } from '../../executors/threads/host.ts';
import { initBeside, toThreadBeside } from '../beside.ts';
import { Control } from '../control.ts';
import type { ServerOrder } from '../thread/session.ts';
import type { ThreadInit } from '../wire.ts';
import { heardFromCell } from './heard.ts';
import type { ServerThread, ServerThreadEvents, ServerThreads } from './server-thread.ts';

export interface ServerCells extends WorkerSettings {
  /** The Node executable that cells run; absent: the program's own. */
  readonly execPath: string | undefined;
  /** Milliseconds. A thread that has not ended half this long after it was asked to is killed with its process. */
  readonly terminateTimeout: number;
}

/**
 * Starts servers on threads of child processes, each in one of its own: what kills a process takes no standby and no replica along.
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`, or Node's own refusal of flags
 */
export function inCells(options: ServerCells, clock: Clock): ServerThreads {
  const epoch = epochOf(clock);
  const { execPath, terminateTimeout } = options;
  const limits = { threadsPerCell: 1, terminateTimeout, execPath };
  const cells = new Cells<PipedThread>(limits, settingsOf(options), clock);
  let starts = 0;
  return {
    start: (init, events) => outside(() => start(cells, starts++, init, epoch, events)),
    close: () => cells.close(),
  };
}

function start(cells: Cells<PipedThread>, number: number, whole: ThreadInit, epoch: number, events: ServerThreadEvents): ServerThread {
  const control = new Control();
  const { init, sent } = initBeside(whole);
  const told: ServerOrder = { init, epoch };
  const order = { number, runtime: 'server-runtime.cjs', session: toBytes(told), marks: new Uint8Array(control.buffer) } as const;
  const hears = { message: heardFromCell(events.message), exited: events.exited };
  const thread = cells.add((cell, onTerminate) => new PipedThread(order, cell, hears, onTerminate));
  const send = (all: readonly Uint8Array[]): void => {
    for (const bytes of all) thread.send(bytes);
  };
  send(sent);
  return {
    get threadId() {
      return thread.threadId;
    },
    get pid() {
      return thread.pid;
    },
    get control() {
      thread.look();
      return control;
    },
    post: (message) => send(toThreadBeside(message)),
    terminate: () => thread.terminate(),
  };
}
