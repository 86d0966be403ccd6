import { InvalidOptionError } from '../core/errors.ts';
import { ownOf } from '../core/foreign/foreign.ts';
import type { BackoffLimits } from '../core/restart/backoff.ts';
import type { IntensityLimits } from '../core/restart/intensity.ts';
import type { WorkerSettings } from '../executors/threads/host.ts';
import { boolean, type Check, oneOf, type Shape, shaped, string, whole, wrongType } from '../options/checks.ts';
import { moduleFile } from '../options/module-file.ts';
import { env, resourceLimits, strings, workerData } from '../options/thread-settings.ts';
import { contentOf } from './content.ts';
import type { OptionsOf } from './define/server-definition.ts';
import { notCloneable } from './errors.ts';
import type { PartitionOptions } from './partition-options.ts';
import type { Content } from './wire.ts';

/** How often threads may die before the server gives up, and how long it waits between restarts. */
export interface ServerRestart {
  /** Deaths of threads that are allowed within `within`; one more and the server fails. @default 5 */
  intensity?: number | undefined;
  /** Milliseconds. @default 30,000 */
  within?: number | undefined;
  /** The first restart is immediate, the second waits this many milliseconds, each further one twice as long. @default 50 */
  minTimeout?: number | undefined;
  /** Milliseconds that a restart waits at most. @default 5,000 */
  maxTimeout?: number | undefined;
}

/** Options of `startServer`. Every time is in milliseconds. */
export interface ServerOptions<Module> {
  /** The module that exports the server: a path, or a `file:` URL such as `new URL('./cart.js', import.meta.url)`. */
  filename: string | URL;
  /** Which of its exports. @default 'default' */
  export?: string | undefined;
  /** What `init` is given. @default undefined */
  options?: OptionsOf<Module>;
  /** Its name in this program, for `context().call`, reports and the tree. Two servers that run cannot have the same. @default a name of its own */
  name?: string | undefined;
  /** What becomes of the state when its thread dies. `'replay'`: it comes back. `'init'`: it begins anew. @default 'replay' */
  recover?: 'replay' | 'init' | undefined;
  /** How many times a message is tried again that was being handled when its thread died. What a handler throws is not tried again. @default 1 with `'replay'`, 0 with `'init'` */
  retry?: number | undefined;
  /** The state is copied after this many messages, and the log before it forgotten; a state that is large beside its log is copied after more. @default 1,000 */
  snapshotEvery?: number | undefined;
  /** The state is copied sooner when messages of this many bytes have come since the last copy, however few they are: so the memory of the log is bounded. @default 16 MiB */
  maxLogBytes?: number | undefined;
  /** File that keeps the log, so that the state survives the end of the program. @default none */
  journal?: string | undefined;
  /** When the journal is forced onto the disk: after this many milliseconds, before every reply (`'always'`), or when the system likes (`'never'`). Against the end of the program alone, none is needed. @default 1,000 */
  sync?: number | 'always' | 'never' | undefined;
  /** Warm copies that apply the log as it grows. @default 0 */
  standby?: number | undefined;
  /**
   * Where its threads live. `'process'`: each in a process of its own, so that what kills a process (a segmentation fault, `process.abort`) costs one
   * thread, and neither this program nor a standby. A message then takes some 0.1 ms longer, and a start some 0.1 s. @default 'thread'
   */
  isolation?: 'thread' | 'process' | undefined;
  /** With `isolation: 'process'`: the Node executable to run, where the program is not run by one. @default process.execPath */
  execPath?: string | undefined;
  /** Threads that handle every message; their replies are voted on. An odd number. @default 1 */
  replicas?: number | undefined;
  /** Messages that may wait or be under way; a further one is refused before it has run. @default 10,000 */
  maxMailbox?: number | undefined;
  /** Bytes that they may hold, about; a message that comes when none waits may be of any size. @default 256 MiB */
  maxMailboxBytes?: number | undefined;
  /** How long a `call` waits for its reply. @default 5,000 */
  callTimeout?: number | undefined;
  /** A handler that takes longer is stopped, with its thread. @default 30,000 */
  handlerTimeout?: number | undefined;
  /** How long a thread may take to load the module and make or restore the state. @default 10,000 */
  startTimeout?: number | undefined;
  /** A thread that has not ended this long after it was asked to, because it is inside a native call, is given up; with `isolation: 'process'` it is killed. @default 2,000 */
  terminateTimeout?: number | undefined;
  /** When the server gives up. @default those of each of its fields */
  restart?: ServerRestart | undefined;
  /** The abnormal end of a linked server comes as a message to `info`, and does not end this one. @default false */
  trapExits?: boolean | undefined;
  /** This many of the last messages are kept for `recent()`. @default 0 */
  keep?: number | undefined;
  /** Limits of the worker threads, as in `node:worker_threads`. @default Node's */
  resourceLimits?:
    | { maxOldGenerationSizeMb?: number; maxYoungGenerationSizeMb?: number; codeRangeSizeMb?: number; stackSizeMb?: number }
    | undefined;
  /** `workerData` of the threads. @default undefined */
  workerData?: unknown;
  /** Environment of the threads. @default a copy of that of the program */
  env?: NodeJS.ProcessEnv | undefined;
  /** Appended to `process.argv` in the threads. @default [] */
  argv?: readonly string[] | undefined;
  /** Flags of Node for the threads. @default those of the program */
  execArgv?: readonly string[] | undefined;
}

/** Options of many servers behind one handle. All others hold for each of them: each has its own standbys and its own mailbox. */
export interface PartitionedServerOptions<Module> extends ServerOptions<Module> {
  /** How many, and by what. A journal is kept for each: `journal.0`, `journal.1` and so on, with their number in `journal.partitions`. */
  partitions: PartitionOptions;
}

/** With every default filled in. */
export interface ResolvedServerOptions extends WorkerSettings {
  readonly filename: string;
  readonly export: string;
  readonly options: Content;
  readonly name: string | undefined;
  readonly recover: 'replay' | 'init';
  readonly retry: number;
  readonly snapshotEvery: number;
  readonly maxLogBytes: number;
  readonly journal: string | undefined;
  readonly sync: number | 'always' | 'never';
  readonly isolation: 'thread' | 'process';
  readonly execPath: string | undefined;
  readonly standby: number;
  readonly replicas: number;
  readonly maxMailbox: number;
  readonly maxMailboxBytes: number;
  readonly callTimeout: number;
  readonly handlerTimeout: number;
  readonly startTimeout: number;
  readonly terminateTimeout: number;
  readonly restart: IntensityLimits & BackoffLimits;
  readonly trapExits: boolean;
  readonly keep: number;
}

const limit = whole(1, 'milliseconds', 'no limit');
const RESTART = { intensity: 5, within: 30_000, minTimeout: 50, maxTimeout: 5_000 };
const restart = shaped<ServerRestart>({
  intensity: whole(0, 'restarts', 'no limit') as never,
  within: whole(1, 'milliseconds'),
  minTimeout: whole(0, 'milliseconds'),
  maxTimeout: whole(0, 'milliseconds'),
});
const odd: Check<number> = (value, path) => {
  const replicas = whole(1, 'threads')(value, path);
  return replicas % 2 === 1 ? replicas : wrongType(path, 'an odd number of threads, so that there is a majority', value);
};
const sync: Check<number | 'always' | 'never'> = (value, path) => {
  if (value === 'always' || value === 'never') return value;
  return typeof value === 'number' ? whole(1, 'milliseconds')(value, path) : wrongType(path, "milliseconds, 'always' or 'never'", value);
};
const content: Check<Content> = (value) => {
  try {
    return contentOf(value);
  } catch (cause) {
    throw notCloneable('message', cause);
  }
};

const SHAPE: Shape<ResolvedServerOptions> = {
  filename: moduleFile,
  export: string,
  options: content as never,
  name: string,
  recover: oneOf('replay', 'init'),
  retry: whole(0, 'times'),
  snapshotEvery: whole(1, 'messages'),
  maxLogBytes: whole(1, 'bytes', 'no limit'),
  journal: string,
  sync,
  isolation: oneOf('thread', 'process'),
  execPath: string,
  standby: whole(0, 'threads'),
  replicas: odd,
  maxMailbox: whole(1, 'messages', 'no limit'),
  maxMailboxBytes: whole(1, 'bytes', 'no limit'),
  callTimeout: limit,
  handlerTimeout: limit,
  startTimeout: limit,
  terminateTimeout: whole(1, 'milliseconds'),
  restart: ((value: unknown, path: string) => ({ ...RESTART, ...restart(value, path) })) as never,
  trapExits: boolean,
  keep: whole(0, 'messages'),
  resourceLimits: resourceLimits as never,
  workerData: workerData as never,
  env: env as never,
  argv: strings,
  execArgv: strings,
};

/** @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION` */
export function resolveServerOptions(options: object): ResolvedServerOptions {
  if ((options as { nodes?: unknown } | undefined)?.nodes !== undefined) {
    throw new InvalidOptionError(
      'nodes: Expected it not to be set. Got it. A server lives on one machine: when a node falls silent, a copy of its state elsewhere would answer ' +
        "while the old one still does. Use isolation: 'process', standby or replicas.",
    );
  }
  const given = shaped<ResolvedServerOptions>(SHAPE)(ownOf(options), 'options');
  const { filename, recover = 'replay' } = given;
  if (filename === undefined) return moduleFile(undefined, 'filename') as never;
  for (const name of ['standby', 'replicas', 'journal'] as const) {
    const value = given[name];
    if (recover === 'init' && value !== undefined && value !== 0 && (name !== 'replicas' || value !== 1)) {
      throw new InvalidOptionError(
        `${name}: Expected recover: 'replay'. Got 'init', with which there is no log that could be applied elsewhere.`,
      );
    }
  }
  return {
    export: 'default',
    options: undefined,
    name: undefined,
    recover,
    retry: recover === 'replay' ? 1 : 0,
    snapshotEvery: 1_000,
    maxLogBytes: 16 * 1_048_576,
    journal: undefined,
    sync: 1_000,
    isolation: 'thread',
    execPath: undefined,
    standby: 0,
    replicas: 1,
    maxMailbox: 10_000,
    maxMailboxBytes: 256 * 1_048_576,
    callTimeout: 5_000,
    handlerTimeout: 30_000,
    startTimeout: 10_000,
    terminateTimeout: 2_000,
    restart: RESTART,
    trapExits: false,
    keep: 0,
    resourceLimits: undefined,
    workerData: undefined,
    env: undefined,
    argv: undefined,
    execArgv: undefined,
    ...given,
    filename,
  };
}
