import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { requireBeside } from '../../core/installation.ts';

const { getBuiltinModule } = process;

export type Engine = typeof import('piscina');
/** What the build makes of Piscina: one function. */
type Factory = (exports: object, require: (name: string) => unknown, module: { exports: unknown }, dirname: string) => void;

/**
 * Piscina, from the one file that the build makes of it. Node's own way to require it loads three modules more, resolves two names, and
 * took longer than everything else that a pool does before its first thread runs.
 *
 * @param file that one
 * @param first settings of the worker that Piscina will be asked for next: it is started before Piscina is loaded, and its thread begins meanwhile
 * @throws Node's own refusal of these settings
 */
export function engineOf(file: string, first?: WorkerOptions): Engine {
  const home = installed(file);
  // Elsewhere, as under Yarn's PnP, Node's own way finds it.
  if (home === undefined) return requireBeside(file, 'piscina') as Engine;
  const folder = join(home, 'dist');
  if (first !== undefined) begun = new Worker(join(folder, 'worker.js'), first);
  const engine = { exports: {} as Engine };
  const code = new (getBuiltinModule('node:vm').Script)(readFileSync(file, 'utf8'), { filename: file });
  (code.runInThisContext() as Factory)(engine.exports, ofNode, engine, folder);
  if (engine.exports.version === versionIn(home)) return engine.exports;
  // A program has overridden its version, which may have other ways with its threads.
  abandonFirst();
  return requireBeside(file, 'piscina') as Engine;
}

/** Where Piscina is installed for this package: in the nearest `node_modules` that has it. Its threads run a file from there. */
function installed(file: string): string | undefined {
  for (let folder = dirname(file), above = ''; folder !== above; above = folder, folder = dirname(folder)) {
    const home = join(folder, basename(folder) === 'node_modules' ? '' : 'node_modules', 'piscina');
    if (existsSync(join(home, 'package.json'))) return home;
  }
  return undefined;
}

const versionIn = (home: string): unknown =>
  (JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version?: unknown }).version;

/** The worker that was started before Piscina was there, until Piscina asks for one. */
let begun: Worker | undefined;

/** Ends it, where Piscina has not asked. */
export function abandonFirst(): void {
  void begun?.terminate();
  begun = undefined;
}

/** Called with `new`. */
function BegunWorker(file: string, options: WorkerOptions): Worker {
  const worker = begun ?? new Worker(file, options);
  begun = undefined;
  return worker;
}

/** Modules that Piscina names and seldom calls are loaded when it does. */
function ofNode(name: string): unknown {
  if (name === 'node:worker_threads') return Object.create(getBuiltinModule(name), { Worker: { value: BegunWorker } });
  if (name === 'node:assert') return assertLater;
  return name === 'node:timers/promises' ? timersLater : getBuiltinModule(name);
}

interface Assert {
  (value: unknown): void;
  notStrictEqual(actual: unknown, expected: unknown): void;
}
const assert = (): Assert => getBuiltinModule('node:assert');

const assertLater: Assert = Object.assign(
  (value: unknown) => {
    if (!value) assert()(value);
  },
  {
    notStrictEqual(actual: unknown, expected: unknown): void {
      if (Object.is(actual, expected)) assert().notStrictEqual(actual, expected);
    },
  },
);

const timersLater = {
  get setTimeout() {
    return getBuiltinModule('node:timers/promises').setTimeout;
  },
};
