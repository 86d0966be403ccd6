import { unlinkSync } from 'node:fs';
import { encodeError } from '../../core/codec.ts';
import { ControlBlock } from '../../core/wire.ts';
import { WorkerThread } from '../threads/thread.ts';
import type { CellInit, CellSession, FromCell, ToCell } from './protocol.ts';

/**
 * The program of a cell: it hosts worker threads and passes on what the parent and they say to each other. It runs no user code on its own
 * main thread, so that it always answers.
 */
const threads = new Map<number, WorkerThread>();
let init: CellInit | undefined;

function tell(message: FromCell): void {
  if (process.connected) process.send!(message);
}

function start(thread: number, session: CellSession): void {
  const { settings, mirror } = init!;
  const worker = new WorkerThread(
    { settings: settings as never, session: { ...session, mirror: { path: mirror, position: thread * ControlBlock.BYTES } } },
    {
      ready: () => tell({ tell: 'ready', thread }),
      done: (bundle, from, values, times, failed) => tell({ tell: 'done', thread, bundle, from, values: values as never, times, failed }),
      progress: (bundle, index, value) => tell({ tell: 'progress', thread, bundle, index, value }),
      lateError: (taskId, attempt, error) => tell({ tell: 'lateError', thread, taskId, attempt, error: encodeError(error) }),
      unreadable: () => tell({ tell: 'unreadable', thread }),
      garbage: () => tell({ tell: 'garbage', thread }),
      exited: (exit) => {
        threads.delete(thread);
        tell({ tell: 'exited', thread, exit: { ...exit, error: exit.error === undefined ? undefined : encodeError(exit.error) } });
      },
    },
  );
  threads.set(thread, worker);
  tell({ tell: 'started', thread, threadId: worker.threadId });
}

function receive(message: ToCell): void {
  if (message.do === 'init') {
    init = message.init;
    return;
  }
  if (message.do === 'start') {
    start(message.thread, message.session);
    return;
  }
  const worker = threads.get(message.thread);
  if (worker === undefined) return; // It has exited, and said so.
  switch (message.do) {
    case 'run':
      worker.post(message.bundle, { ids: message.ids, inputs: message.inputs as never, metas: message.metas });
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
    case 'terminate':
      worker.terminate();
      break;
  }
}

process.on('message', receive);
// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => {});
// The parent has closed the channel, or is dead: nobody is left to work for.
process.on('disconnect', () => {
  try {
    if (init !== undefined) unlinkSync(init.mirror);
  } catch {
    // The parent has removed it already.
  }
  process.exit(0);
});
