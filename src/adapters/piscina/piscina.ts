import { soon } from '../../core/soon.ts';
import { systemClock } from '../../core/time/system-clock.ts';
import { Pool, type ThreadNow } from '../../index.ts';
import { aborted, dropped, ended, full, late, noFile, translated } from './errors.ts';
import { Gate } from './gate.ts';
import { type PiscinaHistogram, Timing } from './histogram.ts';
import { moduleFile, pathOf } from './module-file.ts';
import { capacityOf, type FilledOptions, fill, type PiscinaOptions, poolOptions, wrongType } from './options.ts';
import { checkRun, Order, type RunOptions } from './order.ts';
import { FixedQueue } from './queues.ts';
import { Statics } from './statics.ts';
import { PiscinaThread } from './thread.ts';

/** Options of `close`. */
export interface CloseOptions {
  /** Turns away the tasks that have not started. @default false */
  readonly force?: boolean | undefined;
}

/** As with Piscina: a caller that has switched times off does not expect any. */
const NOT_TIMED = { runTime: undefined, waitTime: undefined, resetRunTime() {}, resetWaitTime() {} } as unknown as PiscinaHistogram;

const ALIVE: ReadonlySet<string> = new Set(['starting', 'ready', 'busy', 'spare']);

/**
 * Piscina's class over a pool of Holdfast: the same constructor, methods, properties and events. A task runs once and without a time limit, as with
 * Piscina, until the option `holdfast` says otherwise.
 *
 * @typeParam T what a task is given
 * @typeParam R what it returns
 */
// biome-ignore lint/suspicious/noExplicitAny: as Piscina without type parameters
export class Piscina<T = any, R = any> extends Statics {
  readonly #options: FilledOptions;
  readonly #pool: Pool;
  readonly #gate: Gate;
  readonly #watch: ReturnType<Pool['watch']>;
  readonly #timing: Timing | undefined;
  readonly #begun = systemClock.machine();
  readonly #capacity: number;
  #ending: 'no' | 'closing' | 'ended' = 'no';
  #tasks = 0;
  #completed = 0;
  #needsDrain = false;
  #idle: (() => void) | undefined;

  /** @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION`: a bad option, or one that this pool does not have */
  constructor(options: PiscinaOptions = {}) {
    const filled = fill(options);
    super({ name: 'Piscina' });
    this.#options = filled;
    this.#capacity = capacityOf(filled);
    this.#pool = new Pool(poolOptions(filled));
    this.#timing = filled.recordTiming ? new Timing() : undefined;
    this.#watch = this.#pool.watch(this.#timing ?? {});
    // Tasks that may run twice travel together, which needs them in the pool before a thread is free.
    const ahead = filled.holdfast?.idempotent === true && filled.taskQueue === undefined;
    this.#gate = new Gate(filled.taskQueue ?? new FixedQueue(), ahead ? Number.POSITIVE_INFINITY : this.#capacity, (order) =>
      this.#start(order),
    );
    this.#pool.on('workerStart', ({ threadId }) => this.emit('workerCreate', new PiscinaThread({ threadId, state: 'ready' })));
    this.#pool.on('workerExit', ({ threadId }) => this.emit('workerDestroy', new PiscinaThread({ threadId, state: 'dead' })));
    this.#pool.on('message', ({ message }) => this.emit('message', message));
    this.#pool.on('lateError', ({ error }) => this.#tell(error));
  }

  /** An `error` that is not listened to would end the program. */
  #tell(error: unknown): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  /** Runs one task; see `RunOptions`. Never throws synchronously. */
  run(task: T, options: RunOptions = {}): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const given = checkRun(options);
      const filename = pathOf(given.filename ?? null) ?? this.#options.filename;
      if (filename === null) throw noFile();
      if (this.#ending !== 'no') throw this.#ending === 'closing' ? late() : ended();
      const order = new Order(task, given, {
        taskId: ++this.#tasks,
        filename,
        name: given.name ?? this.#options.name,
        resolve: resolve as (value: never) => void,
        reject,
      });
      if (order.signal?.aborted === true) order.reject(aborted(order.signal.reason));
      else if (this.#isOver()) throw full(this.#options.maxQueue);
      else this.#gate.enter(order);
      void soon(() => this.#look());
    });
  }

  #isOver(): boolean {
    return this.#gate.running >= this.#capacity && this.queueSize >= this.#options.maxQueue;
  }

  #start(order: Order): void {
    const { task, filename, name, signal, transferList, extras } = order;
    const settled = (): void => {
      this.#completed++;
      this.#gate.leave();
      void soon(() => this.#look());
      if (this.#gate.running === 0) this.#idle?.();
    };
    this.#pool.run(task, { ...extras, filename: moduleFile(filename), name, signal, transferList }).then(
      (value) => {
        order.resolve(value);
        settled();
      },
      (error) => {
        order.reject(translated(error, filename));
        settled();
      },
    );
  }

  /** Whether the threads have all they can take, and whether they had and have not any more. */
  #look(): void {
    const isFull = this.#gate.running >= this.#capacity;
    if (isFull === this.#needsDrain) return;
    this.#needsDrain = isFull;
    this.emit(isFull ? 'needsDrain' : 'drain');
  }

  /** Lets every task come to its end (with `force`: those that have started), then ends the threads. After `closeTimeout`, as `destroy`. */
  async close(options: CloseOptions = {}): Promise<void> {
    if (typeof options !== 'object' || options === null) wrongType('options', 'an object', options);
    const { force = false } = options;
    if (typeof force !== 'boolean') wrongType('force argument', 'a boolean', force);
    if (this.#ending === 'no') this.#ending = 'closing';
    if (force) this.#gate.dropAll(dropped);
    const intime = await this.#whenIdle(this.#options.closeTimeout);
    if (!intime)
      this.#tell(new Error(`close() has waited for ${this.#options.closeTimeout} ms (closeTimeout): what still ran was given up.`));
    await this.destroy();
    this.emit('close');
  }

  /** Resolves with true once no task is left, or with false after that time. */
  #whenIdle(limit: number): Promise<boolean> {
    if (this.#gate.running === 0 && this.#gate.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = limit > 2 ** 31 - 1 ? undefined : systemClock.setTimeout(() => resolve(false), limit);
      timer?.ref();
      this.#idle = () => {
        if (this.#gate.size > 0) return;
        systemClock.clearTimeout(timer);
        resolve(true);
      };
    });
  }

  /** Rejects every task, then ends the threads. The pool takes none afterwards. */
  async destroy(): Promise<void> {
    this.#ending = 'ended';
    this.#gate.dropAll(ended);
    await this.#pool.close({ force: true });
  }

  /** For `using`: begins `close()`. */
  [Symbol.dispose](): void {
    void this.close();
  }

  /** For `await using`: the same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The option. */
  get maxThreads(): number {
    return this.#options.maxThreads;
  }

  /** The option. */
  get minThreads(): number {
    return this.#options.minThreads;
  }

  /** The options, with every default filled in. */
  get options(): FilledOptions {
    return this.#options;
  }

  /** The threads, as data: the pool alone speaks to them. Those that are due are among them: Piscina makes them at once, this pool a few at a time. */
  get threads(): PiscinaThread[] {
    const alive = this.#alive().map((thread) => new PiscinaThread(thread));
    while (alive.length < this.#due()) alive.push(new PiscinaThread({ threadId: -1, state: 'starting' }));
    return alive;
  }

  #alive(): readonly ThreadNow[] {
    return this.#ending === 'ended' ? [] : this.#watch.threads().filter(({ state }) => ALIVE.has(state));
  }

  /** Threads that the pool has, or is about to have. */
  #due(): number {
    return this.#ending === 'ended' ? 0 : Math.min(this.#capacity, Math.max(this.#options.minThreads, this.#gate.running));
  }

  /** Threads that have nothing to do. */
  get idleThreads(): number {
    return Math.max(0, Math.max(this.#alive().length, this.#due()) - this.#gate.running);
  }

  /** Tasks that wait for a thread. */
  get queueSize(): number {
    return this.#gate.size + Math.max(0, this.#gate.running - this.#capacity);
  }

  /** Tasks that have ended. */
  get completed(): number {
    return this.#completed;
  }

  /** Times of the tasks; without summaries with `recordTiming: false`. */
  get histogram(): PiscinaHistogram {
    return this.#timing?.histogram ?? NOT_TIMED;
  }

  /** Share of the time of `maxThreads` threads that was spent in tasks; 0 with `recordTiming: false`. */
  get utilization(): number {
    return this.#timing === undefined ? 0 : this.#timing.busy / (this.duration * this.#capacity);
  }

  /** Milliseconds since the pool was made. */
  get duration(): number {
    return systemClock.machine() - this.#begun;
  }

  /** Whether every thread has its task. */
  get needsDrain(): boolean {
    return this.#needsDrain;
  }

  /** The class itself, as `require('piscina').Piscina`. */
  static get Piscina(): typeof Piscina {
    return this as typeof Piscina; // Not by its name, which a bundler would then change.
  }

  /** The class itself, as a default import of a CommonJS module. */
  static get default(): typeof Piscina {
    return this as typeof Piscina;
  }
}
