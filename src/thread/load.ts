import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';

export type Handler = (input: unknown) => unknown;
type Exports = Record<string, unknown>;

/** Flags that may bring module hooks along; not all of these see what is required. */
const HOOKS = /(^|\s)(--import|--loader|--experimental-loader|--require|-r)\b/;
const mayBeHooked = (): boolean => HOOKS.test([...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' '));

/**
 * The exports of an ES module by way of `require`, which spares a new thread a tenth of its start: Node's asynchronous loader and all
 * that it needs. Undefined where that is not the same as `import`; nothing has been evaluated then that `import` would evaluate again.
 */
function requiredNamespace(href: string, require: NodeJS.Require): Exports | undefined {
  if (!/\.m?js$/.test(href) || !process.features.require_module || mayBeHooked()) return undefined;
  const path = fileURLToPath(href);
  try {
    const loaded: unknown = require(path);
    return types.isModuleNamespaceObject(loaded) ? (loaded as Exports) : undefined;
  } catch (error) {
    // An await at the top level, or no such file, of which `import` tells more.
    if ((error as { code?: unknown } | null)?.code === 'ERR_REQUIRE_ASYNC_MODULE' || !existsSync(path)) return undefined;
    throw error;
  }
}

/** The exports of a task module, and the functions found in them so far. */
export class TaskModule {
  readonly #exports: Exports;
  readonly #href: string;
  readonly #handlers = new Map<string, Handler>();

  constructor(exports: Exports, href: string) {
    this.#exports = exports;
    this.#href = href;
  }

  static async load(href: string, require: NodeJS.Require): Promise<TaskModule> {
    return new TaskModule(requiredNamespace(href, require) ?? ((await import(href)) as Exports), href);
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
