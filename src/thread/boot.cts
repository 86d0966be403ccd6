// The file that Piscina loads in a new thread. It is CommonJS because Piscina requires before it imports, and requiring an ES
// module makes Node 20 print a warning into every user's terminal.
const { Script } = require('node:vm') as typeof import('node:vm');
const { readFileSync } = require('node:fs') as typeof import('node:fs');
const { join } = require('node:path') as typeof import('node:path');

/** What a new thread gets: the session to open, and the memory in which all threads of the process share compiled code. */
interface Boot {
  readonly init: import('./session.ts', { with: { 'resolution-mode': 'import' }}).SessionInit;
  /** The file, beside this one, that holds the runtime: of tasks, unless another is named. */
  readonly runtime?: 'runtime.cjs' | 'server-runtime.cjs';
  /** Two words, STATE and LENGTH, and after them the bytes. */
  readonly compiled: SharedArrayBuffer;
}
type Runtime = Pick<typeof import('./session.ts', { with: { 'resolution-mode': 'import' }}), 'startSession'>;

const [STATE, LENGTH, WORDS] = [0, 1, 2] as const;
const [EMPTY, CLAIMED, FILLED] = [0, 1, 2] as const;

/** In full, so that tools that copy what a program needs find them. */
const RUNTIMES = { 'runtime.cjs': join(__dirname, 'runtime.cjs'), 'server-runtime.cjs': join(__dirname, 'server-runtime.cjs') } as const;

// Taken before code of the user can put something in its place: see core/foreign/intrinsics.ts.
const { compareExchange, load, store } = Atomics;
const later = setTimeout;

/** Milliseconds that the first task has before the cache is written for threads that have not begun. */
const PATIENCE = 50;

const bytesOf = (compiled: SharedArrayBuffer): Uint8Array => new Uint8Array(compiled, WORDS * Int32Array.BYTES_PER_ELEMENT);

/**
 * Compiling what runs in a thread is a sixteenth of what a thread's death costs. So the first thread writes V8's result down, with
 * all functions that were needed until it was ready, and those that come later, the successors of dead ones above all, take it from there.
 */
async function boot({ init, compiled, runtime: file = 'runtime.cjs' }: Boot): Promise<void> {
  const filename = RUNTIMES[file];
  const words = new Int32Array(compiled, 0, WORDS);
  const known = load(words, STATE) === FILLED ? Buffer.from(bytesOf(compiled).slice(0, words[LENGTH])) : undefined;
  const script = new Script(readFileSync(filename, 'utf8'), { filename, ...(known === undefined ? {} : { cachedData: known }) });
  const runtime: { exports: Partial<Runtime> } = { exports: {} };
  script.runInThisContext()(runtime.exports, require, runtime);
  await (runtime.exports as Runtime).startSession(init, (href) => import(href), require);
  if (load(words, STATE) === EMPTY) later(write, PATIENCE).unref();

  function write(): void {
    if (compareExchange(words, STATE, EMPTY, CLAIMED) !== EMPTY) return;
    const code = script.createCachedData();
    const room = bytesOf(compiled);
    if (code.length > room.length) return; // It stays claimed, and everybody compiles for himself.
    room.set(code);
    words[LENGTH] = code.length;
    store(words, STATE, FILLED);
  }
}

module.exports = boot;
