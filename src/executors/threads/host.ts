import type { Transferable, Worker, WorkerOptions } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { ownFile } from '../../core/installation.ts';
import { abandonFirst, engineOf } from './engine.ts';

/** Settings of a worker thread that pass through to it. */
export interface WorkerSettings {
  readonly resourceLimits: WorkerOptions['resourceLimits'] | undefined;
  readonly workerData: unknown;
  readonly env: NodeJS.ProcessEnv | typeof import('node:worker_threads').SHARE_ENV | undefined;
  readonly argv: readonly string[] | undefined;
  readonly execArgv: readonly string[] | undefined;
}

export interface HostEvents {
  /** The session could not be opened; or the worker has died meanwhile, which its exit tells as well. */
  unopened(error: unknown): void;
  /** An error that killed the worker, before its exit. */
  error(error: unknown): void;
  exit(code: number): void;
  /** Posted on `parentPort`, by whatever runs in the worker. */
  message?(value: unknown): void;
}

/** What runs in a thread: tasks, or a server. */
export type Runtime = 'runtime.cjs' | 'server-runtime.cjs';

/** Where the first thread of this process leaves the code that it has compiled, for all others of its kind: see `thread/boot.cts`. */
const compiled: { [Kind in Runtime]?: SharedArrayBuffer } = {};

function compiledCode(runtime: Runtime): SharedArrayBuffer {
  compiled[runtime] ??= new SharedArrayBuffer(256 * 1024);
  return compiled[runtime];
}

/** What every thread needs, found when the first one is started. */
interface Parts {
  readonly boot: string;
  readonly Piscina: typeof Piscina;
}
let parts: Parts | undefined;

/**
 * @param first settings of the first worker, which starts while the rest is loaded
 * @throws {NotInstalledError} `ERR_NOT_INSTALLED` where a bundler has taken the package in, and nothing else is there; what Node has against the settings
 */
function findParts(first: WorkerOptions): Parts {
  const boot = ownFile('thread/boot.cjs', () => new URL('../../thread/boot.cjs', import.meta.url));
  const piscina = ownFile('executors/threads/piscina.cjs', () => new URL('./piscina.cjs', import.meta.url));
  return { boot, Piscina: engineOf(piscina, first).Piscina };
}

/** What was given of them, as Piscina and `new Worker()` take it. */
function given({ resourceLimits, workerData, env, argv, execArgv }: WorkerSettings) {
  return {
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
    ...(workerData === undefined ? {} : { workerData }),
    ...(env === undefined ? {} : { env: env as NodeJS.ProcessEnv }),
    ...(argv === undefined ? {} : { argv: [...argv] }),
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
  };
}

function made(settings: ReturnType<typeof given>): Piscina {
  parts ??= findParts(settings);
  try {
    return new parts.Piscina({
      filename: parts.boot,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
      recordTiming: false,
      ...settings,
    });
  } catch (error) {
    abandonFirst();
    throw error;
  }
}

/**
 * One Piscina, one worker. Piscina creates the worker and carries the first task into it, which opens a session on a port
 * of our own; from then on Piscina sees an idle worker. So none of what it does with queues, time-outs and respawning can lose a
 * task: `minThreads: 0` and an empty queue mean that it never starts a second worker.
 */
export class Host {
  readonly worker: Worker;
  readonly #piscina: Piscina;

  constructor(
    settings: WorkerSettings,
    init: unknown,
    transferList: readonly Transferable[],
    events: HostEvents,
    runtime: Runtime = 'runtime.cjs',
  ) {
    this.#piscina = made(given(settings));
    // Piscina tells of a worker's death through the pending task or an `error` event; the worker itself tells it sooner and exactly.
    this.#piscina.on('error', () => {});
    if (events.message !== undefined) this.#piscina.on('message', events.message);
    // Failures before the session is open, such as a missing file, are reported nowhere else.
    this.#piscina.run({ init, compiled: compiledCode(runtime), runtime }, { transferList: transferList as never }).catch(events.unopened);
    const worker = this.#piscina.threads[0];
    if (worker === undefined) {
      abandonFirst();
      throw new Error('Piscina did not create a worker for the first task; the pinned version does.');
    }
    this.worker = worker;
    worker.on('error', events.error);
    worker.once('exit', (code) => {
      events.exit(code);
      void this.#piscina.destroy();
    });
  }

  terminate(): void {
    void this.worker.terminate();
  }
}
