import type { Transferable, Worker, WorkerOptions } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { ownFile } from '../../core/installation.ts';
import { soon } from '../../core/soon.ts';
import { type Engine, engineOf } from './engine.ts';

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
  /** @param code `undefined`: it was never begun */
  exit(code: number | undefined): void;
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

/** Files that every thread needs, found when the first one is started. */
interface Parts {
  readonly boot: string;
  readonly piscina: string;
}
let parts: Parts | undefined;
let engine: Engine | undefined;

/** @throws {NotInstalledError} `ERR_NOT_INSTALLED` where a bundler has taken the package in, and nothing else is there */
function findParts(): Parts {
  const boot = ownFile('thread/boot.cjs', () => new URL('../../thread/boot.cjs', import.meta.url));
  const piscina = ownFile('executors/threads/piscina.cjs', () => new URL('./piscina.cjs', import.meta.url));
  return { boot, piscina };
}

const QUIET = { minThreads: 0, maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY, atomics: 'disabled', recordTiming: false } as const;

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

type Given = ReturnType<typeof given>;

/** Whether Node may have something against a worker: against its settings, or against any. */
const mayBeRefused = (options: Given): boolean =>
  Object.keys(options).length > 0 || (process as { permission?: unknown }).permission !== undefined;

/** How a worker is begun. */
export interface Beginning {
  readonly runtime?: Runtime;
  /**
   * In a microtask, if Node can have nothing against it: to begin a worker took half of a pool's constructor. Default: at once, and what Node has
   * against it is thrown.
   */
  readonly later?: boolean | undefined;
}

/**
 * One Piscina, one worker. The worker is begun, and Piscina takes it as if it had created it, and carries the first task into it, which opens a
 * session on a port of our own; from then on Piscina sees an idle worker. So none of what it does with queues, time-outs and respawning can lose a
 * task: `minThreads: 0` and an empty queue mean that it never starts a second worker.
 */
export class Host {
  /** `worker.threadId`, also when the worker has exited; -1 until it is begun. */
  threadId = -1;
  readonly #events: HostEvents;
  #worker: Worker | undefined;
  #piscina: Piscina | undefined;
  #isOver = false;

  /** @throws Node's own refusal of the settings. A worker that the system refuses, as there are too many, dies a little later */
  constructor(
    settings: WorkerSettings,
    init: unknown,
    transferList: readonly Transferable[],
    events: HostEvents,
    { runtime = 'runtime.cjs', later = false }: Beginning = {},
  ) {
    this.#events = events;
    parts ??= findParts();
    const options = given(settings);
    const open = (): Worker => this.#open(options, { init, compiled: compiledCode(runtime), runtime }, transferList);
    if (later && !mayBeRefused(options)) void soon(() => this.#beginLate(options, open));
    else this.#begin(options, open);
  }

  terminate(): void {
    this.#isOver = true;
    void this.#worker?.terminate();
  }

  #beginLate(options: Given, open: () => Worker): void {
    try {
      if (this.#isOver) this.#events.exit(undefined);
      else this.#begin(options, open);
    } catch (error) {
      this.#neverBegun(error);
    }
  }

  #begin(options: Given, open: () => Worker): void {
    engine ??= engineOf(parts!.piscina);
    const { begin, handing } = engine;
    let worker: Worker;
    try {
      worker = begin === undefined ? open() : begin(options);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_WORKER_INIT_FAILED') throw error;
      // The system refuses another thread. It may have one later.
      void soon(() => this.#neverBegun(error));
      return;
    }
    this.#worker = worker;
    this.threadId = worker.threadId;
    if (begin === undefined) this.#listen(worker);
    // Loading Piscina takes longer than all the rest of a pool's constructor. Nothing that the worker says is heard before a microtask has run.
    else void soon(() => this.#handOver(worker, () => handing(worker, open)));
  }

  #neverBegun(error: unknown): void {
    this.#events.error(error);
    this.#events.exit(undefined);
  }

  #handOver(worker: Worker, take: () => Worker): void {
    try {
      if (take() !== worker) throw new Error('Piscina did not take the worker that it was given; the pinned version does.');
    } catch (error) {
      this.#events.unopened(error);
    }
    this.#listen(worker);
  }

  #open(options: Given, task: unknown, transferList: readonly Transferable[]): Worker {
    const { message, unopened } = this.#events;
    const piscina = new (engine!.load().Piscina)({ ...QUIET, filename: parts!.boot, ...options });
    this.#piscina = piscina;
    // Piscina tells of a worker's death through the pending task or an `error` event; the worker itself tells it sooner and exactly.
    piscina.on('error', () => {});
    if (message !== undefined) piscina.on('message', message);
    // Failures before the session is open, such as a missing file, are reported nowhere else.
    piscina.run(task, { transferList: transferList as never }).catch(unopened);
    const worker = piscina.threads[0];
    if (worker === undefined) throw new Error('Piscina did not create a worker for the first task; the pinned version does.');
    return worker;
  }

  #listen(worker: Worker): void {
    worker.on('error', this.#events.error);
    worker.once('exit', (code) => {
      this.#events.exit(code);
      void this.#piscina?.destroy();
    });
  }
}
