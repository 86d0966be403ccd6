import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { Clock } from '../../core/clock.ts';
import { outside } from '../../core/foreign/context.ts';
import { soon } from '../../core/soon.ts';
import { Host, type WorkerSettings } from '../../executors/threads/host.ts';
import { Control } from '../control.ts';
import type { ServerSession } from '../thread/session.ts';
import type { FromThread } from '../wire.ts';
import type { ServerThread, ServerThreadEvents, StartThread } from './server-thread.ts';

/** Starts servers on worker threads of this process. A thread outlives the request in which it was started. */
export function onWorkers(settings: WorkerSettings, clock: Clock): StartThread {
  const [seconds, nanoseconds] = process.hrtime();
  const epoch = seconds * 1000 + nanoseconds / 1e6 - clock.machine();
  return (init, events) => outside(() => start(settings, { init, epoch }, events));
}

function start(settings: WorkerSettings, told: Pick<ServerSession, 'init' | 'epoch'>, events: ServerThreadEvents): ServerThread {
  const { port1: port, port2 } = new MessageChannel();
  const control = new Control();
  const session: ServerSession = { port: port2, control: control.buffer, ...told };
  let error: unknown;
  let host: Host;
  let ended = false;
  const heard = (message: unknown): void => {
    if (!ended) events.message(message as FromThread);
  };
  const exited = (exitCode: number | undefined): void => {
    for (let entry = receive(); entry !== undefined; entry = receive()) heard(entry.message); // What it sent before it died still counts.
    ended = true;
    port.close();
    const oom = (error as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    events.exited({ cause: oom ? 'oom' : error === undefined ? 'exit' : 'error', exitCode, error });
  };
  const receive = (): { message: unknown } | undefined => {
    try {
      return receiveMessageOnPort(port);
    } catch {
      return undefined; // It cannot be read, so whatever it was did not arrive.
    }
  };
  port.on('message', heard);
  port.on('messageerror', (cause) => {
    error ??= cause;
    host.terminate(); // Something of the log is lost with it; a new thread says it again.
  });
  port.unref();
  try {
    host = new Host(
      settings,
      session,
      [port2],
      {
        unopened: (cause) => {
          error ??= cause;
          host.terminate();
        },
        error: (cause) => {
          error ??= cause;
        },
        exit: exited,
      },
      'server-runtime.cjs',
    );
  } catch (cause) {
    // The system refuses another thread. It may have one later.
    if ((cause as { code?: unknown }).code !== 'ERR_WORKER_INIT_FAILED') throw cause;
    error = cause;
    void soon(() => exited(undefined));
    return { threadId: -1, control, post: () => {}, terminate: () => {} };
  }
  return {
    threadId: host.worker.threadId,
    control,
    post: (message) => port.postMessage(message),
    terminate: () => host.terminate(),
  };
}
