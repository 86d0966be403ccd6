import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { pinned } from '../../core/foreign/intrinsics.ts';
import { Latch } from '../../core/latch.ts';
import { machineNow } from '../../core/time/machine.ts';
import { fromBytes, moved } from '../../core/wire/bytes.ts';
import { encodeForSure } from '../../core/wire/codec.ts';
import type { PipedSession } from '../../executors/processes/protocol.ts';
import { hidePorts, stayAlive } from '../../thread/hidden-ports.ts';
import { withHooks } from '../../thread/modules/hooked.ts';
import type { Import } from '../../thread/modules/load.ts';
import { printAtOnce } from '../../thread/printing.ts';
import { fromThreadBeside, Joint } from '../beside.ts';
import { sharedBytes } from '../content.ts';
import { Control } from '../control.ts';
import { forBytes } from '../legible.ts';
import { FROM, type FromThread, type Phase, type StateBytes, type ThreadInit, type ToThread } from '../wire.ts';
import { NOBODY } from './charge.ts';
import { Lookout } from './lookout.ts';
import { MirroredControl } from './mirrored-control.ts';
import { type OpenThread, openThread } from './open.ts';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const sinceStart: () => number = performance.now.bind(performance);
const exit: typeof process.exit = process.exit.bind(process);
const { wait } = Atomics;

const NOTHING: Int32Array = new Int32Array(new SharedArrayBuffer(4));
/** Milliseconds for which a thread that exits leaves its core to the one that takes over, if its manager does not end it earlier. */
const REST = 20;

/** What the manager says first, and a cell passes on unread. */
export interface ServerOrder {
  readonly init: ThreadInit;
  /** Milliseconds that the machine's monotonic clock (`hrtime`) shows at zero of the manager's. */
  readonly epoch: number;
}

/** What a new thread is given, in the manager's process. */
export interface ServerSession extends ServerOrder {
  readonly port: MessagePort;
  readonly control: SharedArrayBuffer;
}

/** What stands between a thread and its manager: memory and a port that they share; or, in a process of its own, a file and bytes. */
interface Wire {
  readonly order: ServerOrder;
  /** With the state that has come beside it. */
  whole(): Promise<ThreadInit>;
  readonly control: Control;
  post(message: FromThread): void;
  keep(state: Uint8Array): StateBytes;
  /** `undefined`: a part of the message that is to come. */
  read(message: unknown): ToThread | undefined;
}

type Lost = (phase: Phase, seq: number) => void;

function wireOf(session: ServerSession | PipedSession, port: MessagePort, lost: Lost): Wire {
  if ('packed' in session) return pipedWire(session, port, lost);
  return {
    order: session,
    whole: async () => session.init,
    control: new Control(session.control),
    post: (message) => port.postMessage(message),
    keep: sharedBytes,
    read: (message) => message as ToThread,
  };
}

function pipedWire(session: PipedSession, port: MessagePort, lost: Lost): Wire {
  const order = fromBytes(session.packed) as ServerOrder;
  const joint = new Joint();
  const { init } = order;
  const whole = new Latch<ThreadInit>();
  if (init.from.kind === 'init') whole.open(init);
  return {
    order,
    whole: () => whole.promise,
    control: new MirroredControl(session.mirror, lost),
    post: (message) => {
      for (const bytes of fromThreadBeside(forBytes(message))) port.postMessage(bytes, moved(bytes));
    },
    keep: (state) => (state.buffer.byteLength === state.byteLength ? state : state.slice()).buffer,
    read: (message) => {
      const told = joint.take(message as Uint8Array) as ToThread | undefined;
      if (whole.isOpen || init.from.kind === 'init') return told;
      const bytes = joint.takeState();
      if (bytes !== undefined) whole.open({ ...init, from: { ...init.from, bytes } });
      return told;
    },
  };
}

const CLOSED = 'The server closed a descriptor of its process that is not its own, as a double close does.';

/** `hrtime` makes an array each time; `performance.now()` shows the same clock, from another zero. */
function machineClock(epoch: number): () => number {
  const shift = machineNow() - epoch - sinceStart();
  return () => sinceStart() + shift;
}

/** Makes this thread one of a server's: opens it, and serves what comes until it is terminated. */
export async function startSession(session: ServerSession | PipedSession, load: Import, require: NodeJS.Require): Promise<void> {
  const port = pinned(session.port);
  let open: OpenThread | undefined;
  const { order, whole, control, post, keep, read } = wireOf(session, port, (phase, seq) => {
    open?.applier.flush();
    post([FROM.crashing, seq, phase, encodeForSure(new Error(CLOSED))]);
    exit(1);
  });
  stayAlive();
  printAtOnce(process.stdout);
  printAtOnce(process.stderr);
  hidePorts(); // Those of Piscina; our own is not listened to yet.
  endOnErrors(() => open, post);
  // Before its memory is given back, which takes the longer the larger its state is; a standby need not wait for that.
  process.once('exit', (code) => {
    open?.applier.flush();
    const { seq, phase } = open?.applier.charge ?? {};
    post([FROM.exiting, code, seq, phase]);
  });

  if (!('packed' in session)) restAtExit();
  const early: ToThread[] = [];
  const take = (sent: unknown): void => {
    const message = read(sent);
    if (message === undefined) return;
    if (open === undefined) early.push(message);
    else open.receive(message);
  };
  port.on('messageerror', () => exit(1));
  port.on('message', 'packed' in session ? take : watchful(port, take, () => open?.applier.isIdle === true));
  port.unref(); // Hidden as well.
  open = await openThread(await whole(), {
    control,
    post,
    keep,
    now: machineClock(order.epoch),
    die: () => exit(1),
    load: withHooks(require, load) as (href: string) => Promise<Record<string, unknown>>,
  });
  for (const message of early.splice(0)) open?.receive(message);
}

/** Behind all listeners of `exit`, which are the module's as well: `terminate` ends the rest, and whatever would come after it. */
function restAtExit(): void {
  const ending = process as typeof process & { reallyExit(code: number): never };
  const end = ending.reallyExit.bind(process);
  ending.reallyExit = (code) => {
    wait(NOTHING, 0, 0, REST);
    return end(code);
  };
}

/** Takes what the event loop brings, and what comes just after it. */
function watchful(port: MessagePort, take: (sent: unknown) => void, isIdle: () => boolean): (sent: unknown) => void {
  const receive = (): { readonly message: unknown } | undefined => {
    try {
      return receiveMessageOnPort(port);
    } catch {
      exit(1); // As for what the event loop cannot read.
    }
  };
  const lookout = new Lookout(receive, take, isIdle);
  return (sent) => {
    take(sent);
    lookout.look();
  };
}

/**
 * What nothing catches ends the thread, as it ends a process of Erlang: the state may be half changed. Asynchronous storage says which message it
 * belongs to; if that is not the one that is being handled, no message is to blame for the death.
 */
function endOnErrors(thread: () => OpenThread | undefined, post: (message: FromThread) => void): void {
  const end = (error: unknown): void => {
    thread()?.applier.flush();
    const { seq, phase } = thread()?.applier.charge ?? NOBODY;
    post([FROM.crashing, seq, phase, encodeForSure(error)]);
    exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
