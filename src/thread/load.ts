import { getFrom, setIn } from '../core/foreign/intrinsics.ts';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const { assign, hasOwn, keys } = Object;
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

  /** @throws {TypeError} `ERR_NO_SUCH_EXPORT` if there is no function of that name. */
  handler(name: string): Handler {
    let handler = getFrom(this.#handlers, name);
    if (handler === undefined) {
      handler = this.#find(name);
      setIn(this.#handlers, name, handler);
    }
    return handler;
  }

  #find(name: string): Handler {
    const fallback = this.#exports.default as Exports | undefined;
    // A transpiled CommonJS module has its exports, `default` among them, one level down.
    const own = hasOwn(this.#exports, name) ? this.#exports[name] : undefined;
    if (typeof own === 'function') return own as Handler;
    if ((typeof fallback === 'object' || typeof fallback === 'function') && fallback !== null && hasOwn(fallback, name)) {
      const found = fallback[name];
      if (typeof found === 'function') return found as Handler;
    }
    let functions = '';
    const names = keys(this.#exports);
    for (let i = 0; i < names.length; i++)
      if (typeof this.#exports[names[i]!] === 'function') functions += `${functions === '' ? '' : ', '}${names[i]}`;
    const error = new WrongType(
      `Expected ${this.#href} to export a function ${name === 'default' ? 'by default' : `called "${name}"`}. ` +
        `Got ${functions === '' ? 'no exported function' : `functions ${functions}`}. Export it, or set the option name.`,
    );
    throw assign(error, { code: 'ERR_NO_SUCH_EXPORT' });
  }
}
