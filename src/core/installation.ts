import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HoldfastError, NotInstalledError } from './errors.ts';

/** Version of this package, as package.json has it; a test holds them together. */
export const VERSION = '0.1.0';

/** Files of this package that are loaded by threads and processes of their own, below the folder of compiled code. */
export type OwnFile =
  | 'thread/boot.cjs'
  | 'thread/line-task.js'
  | 'executors/threads/piscina.cjs'
  | 'executors/processes/cell-main.js'
  | 'faults/inject.js'
  | 'observe/page.html'
  | 'adapters/otel/in-thread.js';

/** Not imported: a bundler that understands `createRequire` would put something of its own in its place. */
const requireFrom = (path: string): NodeJS.Require => process.getBuiltinModule('node:module').createRequire(path);

/** This module's own place, or undefined where a bundler leaves none. */
function here(): string | undefined {
  try {
    return import.meta.url;
  } catch {
    return undefined;
  }
}

const inPlace = (file: OwnFile, path: string): boolean => path.endsWith(join('src', file)) && existsSync(path);

/** Where the package is installed, seen from the bundle that has taken it in, from the program, or from the working directory. */
function installed(): string | undefined {
  for (const from of [here(), process.argv[1], join(process.cwd(), 'program.js')]) {
    if (from === undefined || from === '') continue;
    try {
      return dirname(requireFrom(from).resolve('holdfast/package.json'));
    } catch {
      // Not from there.
    }
  }
  return undefined;
}

/**
 * Path of a file that is loaded by itself. A bundler that takes this package in leaves it behind; then it is taken from where the package is
 * installed, if it is.
 *
 * @param beside the file as a URL relative to the module that asks; in the call itself, because tracers and bundlers look for that
 * @throws {NotInstalledError} `ERR_NOT_INSTALLED` if it is nowhere
 */
export function ownFile(file: OwnFile, beside: () => URL): string {
  try {
    const path = fileURLToPath(beside());
    if (inPlace(file, path)) return path;
  } catch {
    // No place of its own: `import.meta.url` is empty in a bundle of CommonJS.
  }
  const home = installed();
  const path = home === undefined ? undefined : join(home, 'dist', 'src', ...file.split('/'));
  if (path !== undefined && existsSync(path)) return path;
  throw new NotInstalledError(`Its file ${file}`);
}

/** The same as a `file:` URL. @throws {NotInstalledError} `ERR_NOT_INSTALLED` */
export function ownFileUrl(file: OwnFile, beside: () => URL): string {
  return pathToFileURL(ownFile(file, beside)).href;
}

/** Requires a dependency of this package as it is installed. @param file one that was found by `ownFile` */
export function requireBeside(file: string, name: string): unknown {
  return requireFrom(file)(name);
}

/**
 * A dependency that is loaded when it is needed, or as it is installed beside this package where a bundler has taken us in.
 *
 * @param direct requires it; the call itself is in the module that asks, because tracers look for that
 */
export function dependency(name: string, direct: () => unknown): unknown {
  try {
    return direct();
  } catch (error) {
    try {
      return requireBeside(
        ownFile('thread/boot.cjs', () => new URL('../thread/boot.cjs', import.meta.url)),
        name,
      );
    } catch {
      throw error;
    }
  }
}

let version: string | undefined;

/** The version of this package. @throws {NotInstalledError} `ERR_NOT_INSTALLED` */
export function packageVersion(): string {
  if (version !== undefined) return version;
  const file = ownFile('thread/boot.cjs', () => new URL('../thread/boot.cjs', import.meta.url));
  const manifest = process.getBuiltinModule('node:fs').readFileSync(join(dirname(file), '..', '..', '..', 'package.json'), 'utf8');
  version = (JSON.parse(manifest) as { version: string }).version;
  return version;
}

/** The program does not run on Node, or on one that is too old. */
export class UnsupportedRuntimeError extends HoldfastError {
  constructor(found: string) {
    super(
      'ERR_UNSUPPORTED_RUNTIME',
      `Expected Node.js ${LEAST.join('.')} or later. Got ${found}. What the pool promises rests on how threads of Node die, and other runtimes differ there: ` +
        'run the program with node, or the pool in a process of its own that is.',
    );
  }

  static {
    this.prototype.name = 'UnsupportedRuntimeError';
  }
}

/** As `engines` in package.json. */
const LEAST = [20, 19] as const;

type Versions = Readonly<Record<string, string | undefined>>;

/** @throws {UnsupportedRuntimeError} `ERR_UNSUPPORTED_RUNTIME` */
export function checkRuntime(versions: Versions = process.versions): void {
  const other = versions.bun !== undefined ? 'Bun' : versions.deno !== undefined ? 'Deno' : undefined;
  if (other !== undefined) throw new UnsupportedRuntimeError(`${other} ${versions[other.toLowerCase()]}`);
  const [major = 0, minor = 0] = (versions.node ?? '').split('.').map(Number);
  if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) throw new UnsupportedRuntimeError(`Node.js ${versions.node}`);
}
