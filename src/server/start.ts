import type { Disk } from '../batch/machine/disk.ts';
import type { Processes } from '../batch/machine/processes.ts';
import type { Clock, KeepAlive } from '../core/clock.ts';
import { enrol } from '../core/servers/server-roll.ts';
import { ServerTally } from '../core/servers/server-tally.ts';
import { systemClock, systemKeepAlive } from '../core/time/system-clock.ts';
import { asOptionError } from '../options/thread-settings.ts';
import { ServerEmitter } from './events.ts';
import { inCells } from './host/cells.ts';
import type { ServerThreads } from './host/server-thread.ts';
import { onWorkers } from './host/worker.ts';
import { openJournal } from './journal/open.ts';
import { type PartitionedServerOptions, type ResolvedServerOptions, resolveServerOptions, type ServerOptions } from './options.ts';
import type { PartitionedServer } from './partitions/partitioned-server.ts';
import { startPartitions } from './partitions/start-partitions.ts';
import { Chronicle } from './process/chronicle.ts';
import { inMemory } from './process/keeper.ts';
import { ServerProcess } from './process/process.ts';
import { newServerId, register, unregister } from './process/registry.ts';
import { Server } from './server.ts';
import { nowOf, treeOf } from './status.ts';

/** What a server stands on in this process; another in simulations. */
export interface ServerSeams {
  readonly clock: Clock;
  readonly keepAlive: KeepAlive;
  readonly threads: ServerThreads;
  /** What `context().random()` is made of. */
  readonly seed: number;
  /** Where a journal lies, … */
  readonly disk: Disk;
  /** … and who may write it. */
  readonly processes: Processes;
}

/**
 * Starts a server. Resolves when its state is there and it can be called.
 *
 * ```ts
 * const cart = await startServer<typeof import('./cart.js')>({ filename: new URL('./cart.js', import.meta.url) });
 * await cart.call('add', { sku: 'a', count: 2 });
 * ```
 *
 * @throws {ServerError} `ERR_SERVER_MODULE`, `ERR_SERVER_START`, `ERR_SERVER_IGNORED`, `ERR_SERVER_STATE`, `ERR_SERVER_NAME`, `ERR_SERVER_JOURNAL_…`
 * @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION`
 */
export function startServer<Module>(
  options: PartitionedServerOptions<Module>,
  seams?: Partial<ServerSeams>,
): Promise<PartitionedServer<Module>>;
export function startServer<Module>(options: ServerOptions<Module>, seams?: Partial<ServerSeams>): Promise<Server<Module>>;
export async function startServer<Module>(
  options: ServerOptions<Module> | PartitionedServerOptions<Module>,
  seams: Partial<ServerSeams> = {},
): Promise<Server<Module> | PartitionedServer<Module>> {
  const { partitions, ...rest } = (options ?? {}) as Partial<PartitionedServerOptions<Module>> & ServerOptions<Module>;
  const start = (one: ServerOptions<Module>): Promise<Server<Module>> => startOne<Module>(one, seams);
  return partitions === undefined ? start(rest) : startPartitions<Module>({ ...rest, partitions }, start);
}

async function startOne<Module>(options: ServerOptions<Module>, seams: Partial<ServerSeams>): Promise<Server<Module>> {
  const resolved = resolveServerOptions(options);
  const id = newServerId();
  const {
    clock = systemClock,
    keepAlive = systemKeepAlive(),
    threads = threadsOf(resolved, clock),
    seed = Math.floor(Math.random() * 2 ** 31),
  } = seams;
  const kept = resolved.journal === undefined ? undefined : await openJournal(resolved, seed, clock, seams.disk, seams.processes);
  const emitter = new ServerEmitter();
  const tally = new ServerTally();
  const chronicle = new Chronicle(emitter, tally, () => clock.wall());
  const process = new ServerProcess({
    id,
    name: resolved.name ?? id,
    options: resolved,
    clock,
    seed: kept?.seed ?? seed,
    threads,
    emitter,
    tally,
    keepAlive,
    keeper: kept?.journal ?? inMemory,
    kept: kept?.kept,
  });
  const { entrance } = process;
  kept?.journal.serve({
    log: process.log,
    timers: () => process.agenda.owed,
    failed: (error) => process.ending.end({ kind: 'error', error }),
    notRenewed: (error) => emitter.emit('snapshotFailed', { error }),
  });
  try {
    register(entrance);
  } catch (error) {
    await kept?.journal.close();
    throw error;
  }
  const leave = enrol({
    id,
    name: process.parts.name,
    tally,
    now: () => nowOf(process),
    tree: () => treeOf(process),
    incidents: () => chronicle.list(),
    recent: () => process.recent.list(),
  });
  void process.exited.then(() => {
    leave();
    unregister(entrance);
    keepAlive.close();
  });
  try {
    await process.begin();
    const failure = await kept?.journal.begun.promise;
    if (failure !== undefined) throw failure;
  } catch (error) {
    process.ending.end({ kind: 'error', error }); // It has ended by itself, unless Node refuses the settings of its threads.
    await process.exited;
    throw asOptionError(error);
  }
  return new Server<Module>(process);
}

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION` for flags that Node refuses */
function threadsOf(options: ResolvedServerOptions, clock: Clock): ServerThreads {
  try {
    return options.isolation === 'process' ? inCells(options, clock) : onWorkers(options, clock);
  } catch (error) {
    throw asOptionError(error);
  }
}
