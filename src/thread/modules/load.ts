import { getFrom, isPending, setIn } from '../../core/foreign/intrinsics.ts';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const { assign, hasOwn, keys } = Object;
const Inherited = Function.prototype;
const WrongType = TypeError;

export type Handler = (input: unknown) => unknown;
type Exports = Record<string, unknown>;
/** `import()`, which code that was compiled elsewhere does not have of its own. */
export type Import = (href: string) => Promise<unknown>;

/** The exports of a task module, and the functions found in them so far. */
export class TaskModule {
  readonly #exports: Exports;
  readonly #href: string;
  readonly #handlers = new Map<string, Handler>();

  constructor(exports: Exports, href: string) {
    this.#exports = exports;
    this.#href = href;
  }

  static async load(href: string, load: Import): Promise<TaskModule> {
    return new TaskModule((await load(href)) as Exports, href);
  }

  /** The function of that name, if no promise has to be awaited for it. @throws {TypeError} `ERR_NO_SUCH_EXPORT` if the module has no such function */
  handler(name: string): Handler | undefined {
    const known = getFrom(this.#handlers, name);
    if (known !== undefined) return known;
    const found = this.#find(name);
    if (typeof found === 'function') return this.#keep(name, found as Handler);
    if (isPending(found) || isPending(this.#exports.default)) return undefined;
    throw this.#missing(name);
  }

  /** The function of that name, also where the export is a promise of it. @throws what the promise rejects with */
  async prepare(name: string): Promise<Handler> {
    const known = this.handler(name);
    if (known !== undefined) return known;
    const found = await (this.#find(name) ?? this.#exports.default);
    if (typeof found === 'function') return this.#keep(name, found as Handler);
    const inside = member(found, name);
    if (typeof inside === 'function') return this.#keep(name, inside as Handler);
    throw this.#missing(name);
  }

  /** A module that exports no function at all is not a task module; one without a default export is, as long as every call names one. */
  async check(name: string): Promise<void> {
    if (name === 'default' && this.#find(name) === undefined && this.#functions() !== '') return;
    await this.prepare(name);
  }

  /** What it wants done before its thread ends: a function, or a promise of one. */
  get teardown(): unknown {
    return this.#find('teardown');
  }

  #keep(name: string, handler: Handler): Handler {
    setIn(this.#handlers, name, handler);
    return handler;
  }

  #find(name: string): unknown {
    const own = hasOwn(this.#exports, name) ? this.#exports[name] : undefined;
    if (typeof own === 'function' || isPending(own)) return own;
    // CommonJS whose names Node cannot see has its exports, `default` among them, one level down.
    const inside = member(this.#exports.default, name);
    return typeof inside === 'function' || isPending(inside) ? inside : undefined;
  }

  #functions(): string {
    let functions = '';
    const add = (exports: unknown): void => {
      if (typeof exports !== 'object' || exports === null) return;
      const names = keys(exports);
      for (let i = 0; i < names.length; i++)
        if (typeof (exports as Exports)[names[i]!] === 'function') functions += `${functions === '' ? '' : ', '}${names[i]}`;
    };
    add(this.#exports);
    if (functions === '') add(this.#exports.default);
    return functions;
  }

  #missing(name: string): Error {
    const functions = this.#functions();
    const error = new WrongType(
      `Expected ${this.#href} to export a function ${name === 'default' ? 'by default' : `called "${name}"`}. ` +
        `Got ${functions === '' ? 'no exported function' : `functions ${functions}`}. Export it, or set the option name.`,
    );
    return assign(error, { code: 'ERR_NO_SUCH_EXPORT' });
  }
}

/** What an object or a function has under a name, inherited from a class or not; but not what all objects and functions have. */
function member(of: unknown, name: string): unknown {
  if ((typeof of !== 'object' && typeof of !== 'function') || of === null) return undefined;
  return hasOwn(of, name) || (name in of && !(name in Inherited)) ? (of as Exports)[name] : undefined;
}
