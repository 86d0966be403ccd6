import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { requireBeside } from '../../core/installation.ts';

const { getBuiltinModule } = process;

type PiscinaModule = typeof import('piscina');
/** What the build makes of Piscina: one function. */
type Factory = (exports: object, require: (name: string) => unknown, module: { exports: unknown }, dirname: string) => void;

/** The version that package.json pins, and the build makes one file of; a test holds them together. */
export const PINNED = '5.3.2';

/** Piscina, and the workers that it is to have. */
export interface Engine {
  /** Loads Piscina, once. */
  load(): PiscinaModule;
  /**
   * Starts a worker for Piscina, which need not be loaded for that: the thread begins meanwhile. Absent where Piscina starts its own.
   * @throws Node's own refusal of these settings
   */
  begin?(settings: WorkerOptions): Worker;
  /** What `open` returns. If Piscina asks for a worker there, it is given this one. */
  handing<T>(worker: Worker, open: () => T): T;
}

/**
 * Piscina, from the one file that the build makes of it. Node's own way to require it loads three modules more, resolves two names, and
 * took longer than everything else that a pool does before its first thread runs.
 *
 * @param file that one
 */
export function engineOf(file: string): Engine {
  const home = installed(file);
  // Elsewhere, as under Yarn's PnP, Node's own way finds it. And a program may have overridden its version, which may have other ways with its threads.
  if (home === undefined || versionIn(home) !== PINNED) return { load: () => requireBeside(file, 'piscina') as PiscinaModule, handing };
  const folder = join(home, 'dist');
  let made: PiscinaModule | undefined;
  return {
    load: () => {
      made ??= compiled(file, folder);
      return made;
    },
    begin: (settings) => new Worker(join(folder, 'worker.js'), settings),
    handing,
  };
}

function compiled(file: string, folder: string): PiscinaModule {
  const engine = { exports: {} as PiscinaModule };
  const code = new (getBuiltinModule('node:vm').Script)(readFileSync(file, 'utf8'), { filename: file });
  (code.runInThisContext() as Factory)(engine.exports, ofNode, engine, folder);
  return engine.exports;
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

/** The worker that was started for Piscina, until Piscina asks for one. */
let begun: Worker | undefined;

function handing<T>(worker: Worker, open: () => T): T {
  begun = worker;
  try {
    return open();
  } finally {
    begun = undefined;
  }
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
