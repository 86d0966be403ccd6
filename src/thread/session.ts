import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { append, pinned, takeFirst } from '../core/foreign/intrinsics.ts';
import { machineNow } from '../core/time/machine.ts';
import { BEAT } from '../core/wire/beat.ts';
import { fromBytes } from '../core/wire/bytes.ts';
import { encodeForSure } from '../core/wire/codec.ts';
import { ControlBlock } from '../core/wire/control-block.ts';
import { FROM_THREAD, type RunMessage, TO_THREAD, type ToThread } from '../core/wire/wire.ts';
import { blameUncaught } from './blame.ts';
import { hidePorts, stayAlive } from './hidden-ports.ts';
import { threadTime } from './measures/thread-time.ts';
import { MirroredBlock, type MirrorPlace } from './mirror.ts';
import { withHooks } from './modules/hooked.ts';
import type { Import } from './modules/load.ts';
import { TaskModules } from './modules/task-modules.ts';
import { printAtOnce } from './printing.ts';
import { rehearse } from './rehearsal.ts';
import { Report } from './report.ts';
import { Rest } from './rest.ts';
import { Runner } from './runner.ts';
import type { Call } from './runner-parts.ts';
import { Teardowns } from './teardowns.ts';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const afterTurn = setImmediate;
const every = setInterval;
const stop = clearInterval;
const sinceStart: () => number = performance.now.bind(performance);
const exit: typeof process.exit = process.exit.bind(process);
const receiveFrom = receiveMessageOnPort;
const Bytes = Uint8Array;

/** What a new thread receives first. */
export interface SessionInit {
  readonly port: MessagePort;
  readonly control: SharedArrayBuffer;
  /** `file:` URL of the pool's own task module, if it has one. */
  readonly href: string | undefined;
  readonly name: string;
  /** Milliseconds that this machine's monotonic clock shows at zero of the manager's own. */
  readonly epoch: number;
  /** How much time counts for no task, in memory shared with the manager; absent in a process of its own. */
  readonly presence?: SharedArrayBuffer | undefined;
  /** Milliseconds of the pool's own run timeout. */
  readonly runLimit: number;
  /** Heap above which the thread is to be replaced, in bytes; absent, it is not. */
  readonly heapLimit?: number | undefined;
  /** Number of this start in its pool, for fault plans. */
  readonly start: number;
  /** In a process of its own: where the control block is written to as well, so that the parent can read it when the process is dead. */
  readonly mirror?: MirrorPlace | undefined;
  /** Fault injection: a module that exports `inject(plan, start)`, and the plan. */
  readonly faults: { readonly module: string; readonly plan: unknown } | undefined;
  /** `file:` URL of a module that exports `within(traceparent, tracestate, run)`, where the pool is traced. */
  readonly tracing?: string | undefined;
}

/** What a fault injector gives; see src/faults. */
export interface Injector {
  starting(): void | Promise<void>;
  call: Call;
  assigned(slot: number, generation: number): void;
}

/** Runs an attempt in the context of its span; see src/adapters/otel. */
type Within = (traceparent: string, tracestate: string | undefined, run: () => unknown) => unknown;

const plainCall: Call = (handler, input) => handler(input);

function tracedCall(within: Within | undefined, call: Call): Call {
  if (within === undefined) return call;
  return (handler, input, item) => {
    const { trace } = item;
    return trace === undefined ? call(handler, input, item) : within(trace.traceparent, trace.tracestate, () => call(handler, input, item));
  };
}

/** Says to modules that a thread of a pool loads them. A global symbol, because a program may have this package twice. */
const THREAD = Symbol.for('holdfast.thread');
const define = Object.defineProperty;

const AnyError = Error;
const CLOSED = 'The task closed a descriptor of its process that is not its own, as a double close does.';

/** Makes this thread a worker of the pool: loads the task module, says so, and serves bundles until it is terminated. */
export async function startSession(init: SessionInit, load: Import, require: NodeJS.Require): Promise<void> {
  define(globalThis, THREAD, { value: true });
  const port = pinned(init.port);
  const control = init.mirror === undefined ? new ControlBlock(init.control) : new MirroredBlock(init.control, init.mirror);
  const offset = machineNow() - sinceStart() - init.epoch;
  const now = (): number => sinceStart() + offset;
  const report = new Report(port, control, init.mirror === undefined ? 'cloned' : 'serialized');
  let runner: Runner | undefined;
  const die = blameUncaught(
    port,
    () => runner,
    () => report.send(now()),
  );

  stayAlive();
  printAtOnce(process.stdout);
  printAtOnce(process.stderr);
  hidePorts(); // Those of Piscina; our own is not listened to yet.
  const teardowns = new Teardowns(() => port.postMessage([FROM_THREAD.tearsDown]));
  const modules = new TaskModules(withHooks(require, load), (module) => teardowns.add(module));
  let injector: Injector | undefined;
  let within: Within | undefined;
  try {
    if (init.faults !== undefined) {
      const { inject } = (await load(init.faults.module)) as { inject(plan: unknown, start: number): Injector };
      injector = inject(init.faults.plan, init.start);
      await injector.starting();
    }
    if (init.tracing !== undefined) within = ((await load(init.tracing)) as { within: Within }).within;
    if (init.href !== undefined) await modules.open(init.href, init.name);
  } catch (error) {
    port.postMessage([FROM_THREAD.startupFailed, encodeForSure(error)]);
    return;
  }

  const tearDown = async (): Promise<void> => {
    const error = await teardowns.call();
    port.postMessage([FROM_THREAD.tornDown, error === undefined ? undefined : encodeForSure(error)]);
  };
  const bundles: RunMessage[] = [];
  const unreadable = (): never => {
    report.send(now());
    port.postMessage([FROM_THREAD.unread]);
    return exit(1);
  };
  const read = (message: RunMessage): RunMessage => {
    try {
      return unpacked(message);
    } catch {
      return unreadable();
    }
  };
  const take = (message: ToThread): void => {
    if (message[0] === TO_THREAD.run) append(bundles, read(message));
    else if (message[0] === TO_THREAD.assign) injector?.assigned(message[1], message[2]);
    else if (message[0] === TO_THREAD.account)
      port.postMessage([FROM_THREAD.account, message[1], report.reached.bundle, report.reached.items]);
    else if (message[0] === TO_THREAD.tearDown) void tearDown();
    else if (runner?.current?.bundle === message[1] && runner.current.index === message[2]) runner.current.abort();
  };
  const poll = (): void => {
    try {
      for (let entry = receiveFrom(port); entry !== undefined; entry = receiveFrom(port)) take(entry.message as ToThread);
    } catch {
      unreadable();
    }
  };
  const rest = new Rest(control, () => {
    if (!served.idle) return true;
    poll();
    if (bundles.length === 0) return false;
    served.wake();
    return true;
  });
  // Beats only while an item waits.
  let heart: NodeJS.Timeout | undefined;
  const beat = (): void => {
    if (served.awaiting) {
      control.beat(now());
      return;
    }
    stop(heart);
    heart = undefined;
  };
  const served = new Runner({
    around: { port, control, runLimit: init.runLimit, time: threadTime(now, init.presence) },
    report,
    modules,
    name: init.name,
    call: tracedCall(within, injector?.call ?? plainCall),
    now,
    heapLimit: init.heapLimit,
    receive: () => {
      if (bundles.length === 0) poll();
      return takeFirst(bundles);
    },
    afterTurn,
    onBroken: (item) => (item === undefined ? exit(1) : die(item, new AnyError(CLOSED))),
    onAwait: () => {
      heart ??= every(beat, BEAT);
    },
    onIdle: () => afterTurn(() => rest.begin()),
  });
  runner = served;
  port.on('messageerror', unreadable);
  port.on('message', (message: ToThread) => {
    take(message);
    served.wake();
  });
  port.unref(); // Hidden as well.
  rehearse();
  port.postMessage([FROM_THREAD.ready]);
}

/** Inputs that came through a process are deserialized here, in the thread that needs them. */
function unpacked(message: RunMessage): RunMessage {
  const inputs = message[3];
  return inputs instanceof Bytes ? [message[0], message[1], message[2], fromBytes(inputs) as unknown[], message[4]] : message;
}
