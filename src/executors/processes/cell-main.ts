import { Socket } from 'node:net';
import { identityOf, isStill } from '../../core/foreign/same-file.ts';
import { moved } from '../../core/wire/bytes.ts';
import { type Encoded, encodeError } from '../../core/wire/codec.ts';
import { WorkerThread } from '../threads/worker-thread.ts';
import { becomeCell } from './cell-program.ts';
import { Receiver, Sender } from './channel.ts';
import { type CellSession, type CellSettings, DESCRIPTOR, type FromCell, type ToCell } from './protocol.ts';
import { withoutUncloneable } from './without-uncloneable.ts';

/**
 * The program of a cell: it hosts worker threads and passes on what the parent and they say to each other. It runs no user code on its own
 * main thread, so that it always answers.
 */
becomeCell();

/** Milliseconds. */
const LOOK_AGAIN = 5;

const threads = new Map<number, WorkerThread>();
let settings: CellSettings | undefined;

/** Before any code of the user runs: what it closes later, by accident, may be one of these. */
const files = { toParent: identityOf(DESCRIPTOR.toParent), marks: identityOf(DESCRIPTOR.marks) };
const toParent = new Sender<FromCell>(new Socket({ fd: DESCRIPTOR.toParent, readable: false, writable: true }), () => {
  if (!isStill(DESCRIPTOR.toParent, files.toParent)) die(); // The manager can no longer be reached.
  return true;
});

function tell(message: FromCell, body?: Uint8Array, then?: () => void): void {
  try {
    toParent.send(message, body, then);
  } catch (error) {
    // Shared memory, say, can be sent to the next thread, and not to the next process.
    toParent.send(withoutUncloneable(message, error), body, then);
  }
}

function start(thread: number, place: number, session: CellSession): void {
  const failed = (error: unknown): Encoded | undefined => (error === undefined ? undefined : encodeError(error));
  const mirror = { descriptor: DESCRIPTOR.marks, position: place, file: files.marks };
  const ended = (): void => void threads.delete(thread);
  try {
    const worker = new WorkerThread(
      { settings: settings as never, session: { ...session, mirror } },
      {
        ready: () => tell({ tell: 'ready', thread }),
        done: (bundle, from, values, times, notes) => {
          const passedOn = (): void => worker.passedOn(bundle, from + times.length - 1);
          tell({ tell: 'done', thread, bundle, from, times, notes }, values as never, passedOn);
        },
        progress: (bundle, index, value) => tell({ tell: 'progress', thread, bundle, index, value }),
        lateError: (taskId, attempt, error) => tell({ tell: 'lateError', thread, taskId, attempt, error: encodeError(error) }),
        unreadable: () => tell({ tell: 'unreadable', thread }),
        accounted: (bundle, upTo) => tell({ tell: 'accounted', thread, bundle, upTo }),
        garbage: () => tell({ tell: 'garbage', thread }),
        tearsDown: () => tell({ tell: 'tearsDown', thread }),
        tornDown: (error) => tell({ tell: 'tornDown', thread, error: failed(error) }),
        message: (value) => tell({ tell: 'message', thread, value }),
        exited: (exit) => {
          ended();
          tell({ tell: 'exited', thread, exit: { ...exit, error: failed(exit.error) } });
          if (!isStill(DESCRIPTOR.marks, files.marks)) toParent.end(die); // Which thread ran which item can no longer be known.
        },
      },
    );
    threads.set(thread, worker);
    tell({ tell: 'started', thread, threadId: worker.threadId });
  } catch (error) {
    // Options that no worker takes, or no memory for one more.
    ended();
    const exit = { cause: 'startup', exitCode: undefined, error: failed(error), blame: { of: 'running' } } as const;
    tell({ tell: 'exited', thread, exit });
  }
}

function receive(message: ToCell, body: Uint8Array): void {
  if (message.do === 'init') {
    settings = message.settings;
    return;
  }
  if (message.do === 'start') {
    start(message.thread, message.place, message.session);
    return;
  }
  const worker = threads.get(message.thread);
  if (worker === undefined) return; // It has exited, and said so.
  switch (message.do) {
    case 'run':
      worker.post(message.bundle, { ids: message.ids, inputs: body as never, metas: message.metas }, moved(body));
      break;
    case 'revoke':
      worker.revoke(message.bundle, (claimed) => tell({ tell: 'revoked', thread: message.thread, bundle: message.bundle, claimed }));
      break;
    case 'abort':
      worker.abort(message.bundle, message.index);
      break;
    case 'assign':
      worker.assign(message.slot, message.generation);
      break;
    case 'tearDown':
      worker.tearDown();
      break;
    case 'terminate':
      worker.terminate();
      break;
    case 'measure':
      tell({ tell: 'memory', thread: message.thread, bytes: process.memoryUsage.rss() });
      break;
  }
}

/** The parent has no more to say, or is dead, or what it says makes no sense. */
function leave(): void {
  if (threads.size === 0) exitWhenPrinted();
  else die();
}

/** The reader of what tasks have printed may be slow. A parent that will not wait any longer kills the cell. */
function exitWhenPrinted(): void {
  if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit(0);
  setTimeout(exitWhenPrinted, LOOK_AGAIN);
}

/** An exit would wait for threads that are inside a native call. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

new Receiver<ToCell>({ message: receive, broken: leave, ended: leave }).open(DESCRIPTOR.fromParent);
