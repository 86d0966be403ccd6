import { Socket } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import { identityOf, isStill } from '../../core/foreign/same-file.ts';
import { moved } from '../../core/wire/bytes.ts';
import { type Encoded, encodeError } from '../../core/wire/codec.ts';
import type { Runtime } from '../threads/host.ts';
import { type PortedEnd, PortedWorker } from '../threads/ported-worker.ts';
import { WorkerThread } from '../threads/worker-thread.ts';
import { becomeCell } from './cell-program.ts';
import { Receiver, Sender } from './channel.ts';
import {
  type CellCommand,
  type CellSession,
  type CellSettings,
  type CellWord,
  DESCRIPTOR,
  type FromCell,
  type PipedSession,
  type SentExit,
  type ToCell,
} from './protocol.ts';
import { withoutUncloneable } from './without-uncloneable.ts';

/**
 * The program of a cell: it hosts worker threads and passes on what the parent and they say to each other. It runs no user code on its own
 * main thread, so that it always answers.
 */
becomeCell();

/** Milliseconds. */
const LOOK_AGAIN = 5;

const threads = new Map<number, WorkerThread | PortedWorker>();
let settings: CellSettings | undefined;

/** Before any code of the user runs: what it closes later, by accident, may be one of these. */
const files = { toParent: identityOf(DESCRIPTOR.toParent), marks: identityOf(DESCRIPTOR.marks) };
const toParent = new Sender<CellWord>(new Socket({ fd: DESCRIPTOR.toParent, readable: false, writable: true }), () => {
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

const failed = (error: unknown): Encoded | undefined => (error === undefined ? undefined : encodeError(error));
const mirrorAt = (place: number) => ({ descriptor: DESCRIPTOR.marks, position: place, file: files.marks });

function exited(thread: number, exit: SentExit): void {
  threads.delete(thread);
  tell({ tell: 'exited', thread, exit });
  if (!isStill(DESCRIPTOR.marks, files.marks)) toParent.end(die); // Which thread ran which item can no longer be known.
}

/** @param make starts it; options that no worker takes, and no memory for one more, are its exit */
function begin(thread: number, make: () => WorkerThread | PortedWorker): void {
  try {
    const worker = make();
    threads.set(thread, worker);
    tell({ tell: 'started', thread, threadId: worker.threadId });
  } catch (error) {
    threads.delete(thread);
    tell({ tell: 'exited', thread, exit: { cause: 'startup', exitCode: undefined, error: failed(error), blame: { of: 'running' } } });
  }
}

/** A thread that is no business of the cell. */
function open(thread: number, place: number, runtime: Runtime, packed: Uint8Array): void {
  const session = (port: MessagePort): PipedSession => ({ port, packed, mirror: mirrorAt(place) });
  const events = {
    message: (bytes: unknown) => toParent.send({ tell: 'passed', thread }, bytes as Uint8Array),
    exited: ({ cause, exitCode, error }: PortedEnd) =>
      exited(thread, { cause: cause === 'error' ? 'crash' : cause, exitCode, error: failed(error), blame: { of: 'running' } }),
  };
  begin(thread, () => new PortedWorker(settings as never, runtime, session, events));
}

function start(thread: number, place: number, session: CellSession): void {
  begin(thread, () => {
    const worker = new WorkerThread(
      { settings: settings as never, session: { ...session, mirror: mirrorAt(place) } },
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
        exited: (exit) => exited(thread, { ...exit, error: failed(exit.error) }),
      },
    );
    return worker;
  });
}

function receive(message: CellCommand, body: Uint8Array): void {
  if (message.do === 'init') {
    settings = message.settings;
    return;
  }
  if (message.do === 'start') {
    start(message.thread, message.place, message.session);
    return;
  }
  if (message.do === 'open') {
    open(message.thread, message.place, message.runtime, body);
    return;
  }
  const worker = threads.get(message.thread);
  if (worker === undefined) return; // It has exited, and said so.
  if (message.do === 'terminate') worker.terminate();
  else if (message.do !== 'pass') command(worker as WorkerThread, message, body);
  else (worker as PortedWorker).post(body, moved(body));
}

function command(worker: WorkerThread, message: Exclude<ToCell, { do: 'init' | 'start' | 'terminate' }>, body: Uint8Array): void {
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

new Receiver<CellCommand>({ message: receive, broken: leave, ended: leave }).open(DESCRIPTOR.fromParent);
