import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Import } from './load.ts';

/** What occurs in Node's own handlers of extensions and in no others: they use what code of a user cannot reach. */
const NODES_OWN = /\bStringPrototype[A-Z]\w+\(|\bcjsParseCache\b|^function load(TS|CTS|MTS)\b/;
/** Node reads these itself, and as their author meant it, unless it says otherwise. */
const PLAIN: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.json', '.node', '.wasm']);
const NO_REQUIRE: ReadonlySet<unknown> = new Set(['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE', 'ERR_REQUIRE_CYCLE_MODULE']);
const NO_IMPORT: ReadonlySet<unknown> = new Set(['ERR_UNKNOWN_FILE_EXTENSION', 'ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT']);

/**
 * Loads a module as the user's own tool would: tsx, ts-node, esbuild-register, swc-node and babel hook `require`, and some of them nothing else in
 * a thread. Where such a hook is installed for a kind of file, it is asked first, because Node strips types by other rules than the tool; plain
 * JavaScript is imported first. Without a hook nothing is ever required: Node 20 ends the whole process if a thread is terminated meanwhile.
 */
export function withHooks(require: NodeJS.Require, load: Import): Import {
  return async (href) => {
    const path = href.startsWith('file:') && !/[?#]/.test(href) ? fileURLToPath(href) : undefined;
    if (path === undefined || !isHooked(require, path)) return load(href);
    const required = (): unknown => asNamespace(require(path));
    const imported = (): Promise<unknown> => load(href);
    return PLAIN.has(extname(path)) ? first(imported, required, cannotImport) : first(required, imported, cannotRequire);
  };
}

/** If neither can read the module, the error of the preferred way is reported. */
async function first(way: () => unknown, other: () => unknown, isUnable: (error: unknown) => boolean): Promise<unknown> {
  try {
    return await way();
  } catch (error) {
    if (!isUnable(error)) throw error;
    try {
      return await other();
    } catch (second) {
      throw isUnable(second) || cannotImport(second) || cannotRequire(second) ? error : second;
    }
  }
}

function isHooked(require: NodeJS.Require, path: string): boolean {
  const handler = require.extensions[extname(path)] as unknown;
  return typeof handler === 'function' && !NODES_OWN.test(Function.prototype.toString.call(handler));
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code;

function cannotImport(error: unknown): boolean {
  return error instanceof SyntaxError || NO_IMPORT.has(codeOf(error));
}

/** `TransformError`: esbuild cannot make CommonJS of a module that awaits. */
function cannotRequire(error: unknown): boolean {
  return error instanceof SyntaxError || NO_REQUIRE.has(codeOf(error)) || (error as Error | null)?.name === 'TransformError';
}

/** As `import` would show it. */
function asNamespace(exports: unknown): unknown {
  if (typeof exports !== 'object' && typeof exports !== 'function') return { default: exports };
  if (exports === null || '__esModule' in exports || Object.prototype.toString.call(exports) === '[object Module]')
    return exports ?? { default: exports };
  return { ...exports, default: exports };
}
