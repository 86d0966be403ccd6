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
    let handler = this.#handlers.get(name);
    if (handler === undefined) {
      handler = this.#find(name);
      this.#handlers.set(name, handler);
    }
    return handler;
  }

  #find(name: string): Handler {
    const fallback = this.#exports.default as Exports | undefined;
    // A transpiled CommonJS module has its exports, `default` among them, one level down.
    const candidates = [Object.hasOwn(this.#exports, name) ? this.#exports[name] : undefined];
    if ((typeof fallback === 'object' || typeof fallback === 'function') && fallback !== null && Object.hasOwn(fallback, name))
      candidates.push(fallback[name]);
    const found = candidates.find((candidate) => typeof candidate === 'function');
    if (found !== undefined) return found as Handler;
    const functions = Object.keys(this.#exports).filter((key) => typeof this.#exports[key] === 'function');
    const error = new TypeError(
      `Expected ${this.#href} to export a function ${name === 'default' ? 'by default' : `called "${name}"`}. ` +
        `Got ${functions.length === 0 ? 'no exported function' : `functions ${functions.join(', ')}`}. Export it, or set the option name.`,
    );
    throw Object.assign(error, { code: 'ERR_NO_SUCH_EXPORT' });
  }
}
