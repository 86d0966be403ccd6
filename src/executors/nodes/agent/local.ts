import { pathToFileURL } from 'node:url';
import type { Clock } from '../../../core/clock.ts';
import { ownFile, requireBeside } from '../../../core/installation.ts';
import type { ExecutorThread, ThreadEvents } from '../../executor.ts';
import type { Packed } from '../../pack.ts';
import { CellExecutor } from '../../processes/cell-executor.ts';
import { ThreadExecutor } from '../../threads/thread-executor.ts';
import type { NodeSettings } from '../protocol.ts';

/** A thread of this machine that is given bundles which another machine has packed. */
export interface LocalThread extends ExecutorThread {
  /** Inputs come as bytes. */
  post(bundle: number, packed: Packed): void;
}

/** What runs the tasks of one pool on a node. Its `done` may give the values of a report as bytes. */
export interface LocalExecutor {
  start(events: ThreadEvents): LocalThread;
  close(): Promise<void>;
  /** The clock that its threads go by, for deadlines. */
  now(): number;
}

export interface LocalOptions {
  /** `file:` URL of the task module. */
  readonly filename: string;
  readonly isolation: 'thread' | 'process';
  readonly execPath: string | undefined;
}

/** What puts a task into the context of its span, as it is installed here; without the package of the API beside it, tasks have `traceparent` alone. */
function tracingHere(): { readonly module: string } | undefined {
  try {
    const file = ownFile('adapters/otel/in-thread.js', () => new URL('../../../adapters/otel/in-thread.js', import.meta.url));
    requireBeside(file, '@opentelemetry/api');
    return { module: pathToFileURL(file).href };
  } catch {
    return undefined;
  }
}

/** @throws what the executor has against the pool's settings */
export function localExecutor({ filename, isolation, execPath }: LocalOptions, settings: NodeSettings, clock: Clock): LocalExecutor {
  const { runLimit, heapMb, traced, ...rest } = settings;
  const tracing = traced ? tracingHere() : undefined;
  const options = {
    ...rest,
    tracing,
    filename,
    timeout: { run: runLimit },
    recycle: { heapMb },
    resourceLimits: settings.resourceLimits as never,
  };
  const executor =
    isolation === 'thread'
      ? new ThreadExecutor(options, clock)
      : new CellExecutor({ ...options, threadsPerCell: 1, execPath, passesOn: true }, clock);
  return {
    start: (events) => executor.start(events) as LocalThread,
    close: () => executor.close(),
    now: () => (isolation === 'thread' ? clock.now() : clock.machine()),
  };
}
