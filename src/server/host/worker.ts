import type { Clock } from '../../core/clock.ts';
import { outside } from '../../core/foreign/context.ts';
import { epochOf } from '../../core/time/machine.ts';
import type { WorkerSettings } from '../../executors/threads/host.ts';
import { PortedWorker } from '../../executors/threads/ported-worker.ts';
import { Control } from '../control.ts';
import type { ServerSession } from '../thread/session.ts';
import { heardFromThread } from './heard.ts';
import type { ServerThreads } from './server-thread.ts';

/** Starts servers on worker threads of this process. A thread outlives the request in which it was started. */
export function onWorkers(settings: WorkerSettings, clock: Clock): ServerThreads {
  const epoch = epochOf(clock);
  return {
    start: (init, { message, exited }) =>
      outside(() => {
        const control = new Control();
        const session = (port: ServerSession['port']): ServerSession => ({ port, control: control.buffer, init, epoch });
        const hears = {
          message: heardFromThread(message, (cause) => worker.condemn(cause)),
          exited,
        };
        const worker: PortedWorker = new PortedWorker(settings, 'server-runtime.cjs', session, hears);
        return { threadId: worker.threadId, control, post: (sent) => worker.post(sent), terminate: () => worker.terminate() };
      }),
    close: async () => {},
  };
}
