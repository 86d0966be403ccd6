import { getFrom, setIn } from '../../core/foreign/intrinsics.ts';
import { type Handler, type Import, TaskModule } from './load.ts';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const NotKnown = TypeError;

/** Where a runner finds the functions that it is to call. */
export interface Handlers {
  /**
   * The function, or a promise of it if it is not at hand: then it never rejects with anything but a `LoadFailure`, or `ERR_NO_SUCH_EXPORT`.
   * @param href of the task module; `undefined` is the pool's own
   * @throws {TypeError} `ERR_NO_SUCH_EXPORT` if there is no function of that name
   */
  handler(name: string, href: string | undefined): Handler | PromiseLike<Handler>;
}

/** A task module did not load: what it threw. No task of it has begun. */
export class LoadFailure {
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  get error(): unknown {
    return this.#error;
  }

  /** `instanceof` asks what was thrown for its prototype, and a proxy may throw then. */
  static is(thrown: unknown): thrown is LoadFailure {
    return typeof thrown === 'object' && thrown !== null && #error in thrown;
  }
}

/** The task modules of a thread: the pool's own, which is loaded before the first task, and others, which are loaded when a task first needs one. */
export class TaskModules implements Handlers {
  readonly #import: Import;
  readonly #loaded: (module: TaskModule) => void;
  #own: TaskModule | undefined;
  readonly #others = new Map<string, TaskModule>();
  /** Kept, as Node keeps it for an ES module: a module gets another chance in another thread. */
  readonly #failures = new Map<string, LoadFailure>();

  /** @param loaded is called with each module, in the order in which they are loaded */
  constructor(load: Import, loaded: (module: TaskModule) => void) {
    this.#import = load;
    this.#loaded = loaded;
  }

  /** Loads the pool's own module, and looks whether it can be one. @throws what the module throws, or `ERR_NO_SUCH_EXPORT` */
  async open(href: string, name: string): Promise<void> {
    this.#own = await TaskModule.load(href, this.#import);
    await this.#own.check(name);
    this.#loaded(this.#own);
  }

  handler(name: string, href: string | undefined): Handler | PromiseLike<Handler> {
    const module = href === undefined ? this.#own : getFrom(this.#others, href);
    return module?.handler(name) ?? this.#prepare(name, href);
  }

  async #prepare(name: string, href: string | undefined): Promise<Handler> {
    const module = href === undefined ? this.#own : (getFrom(this.#others, href) ?? (await this.#load(href)));
    if (module === undefined) throw new NotKnown('The pool has no task module of its own, and the task names none.');
    const handler = module.handler(name);
    if (handler !== undefined) return handler;
    try {
      return await module.prepare(name);
    } catch (error) {
      throw new LoadFailure(error);
    }
  }

  async #load(href: string): Promise<TaskModule> {
    const failure = getFrom(this.#failures, href);
    if (failure !== undefined) throw failure;
    try {
      const module = await TaskModule.load(href, this.#import);
      setIn(this.#others, href, module);
      this.#loaded(module);
      return module;
    } catch (error) {
      const found = new LoadFailure(error);
      setIn(this.#failures, href, found);
      throw found;
    }
  }
}
