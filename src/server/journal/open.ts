import { basename, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Lock } from '../../batch/job/lock.ts';
import { AppendFile } from '../../batch/journal/append-file.ts';
import { plain } from '../../batch/journal/encoding.ts';
import type { Disk, DiskFile } from '../../batch/machine/disk.ts';
import { nodeDisk } from '../../batch/machine/node-disk.ts';
import { machineProcesses, type Processes } from '../../batch/machine/processes.ts';
import type { Clock } from '../../core/clock.ts';
import type { ResolvedServerOptions } from '../options.ts';
import type { Kept } from '../process/keeper.ts';
import { openFailure } from './failures.ts';
import { ServerJournal } from './journal.ts';
import { readJournal } from './read.ts';

export interface OpenJournal {
  readonly journal: ServerJournal;
  readonly kept: Kept | undefined;
  readonly seed: number;
}

/**
 * Takes the journal for this program alone, reads what an earlier one has left, and cuts off what was torn.
 * @throws {ServerError} `ERR_SERVER_JOURNAL_LOCKED`, `ERR_SERVER_JOURNAL_OTHER`, `ERR_SERVER_JOURNAL_DAMAGED`, `ERR_SERVER_JOURNAL_WRITE`
 */
export async function openJournal(
  options: ResolvedServerOptions,
  seed: number,
  clock: Clock,
  disk: Disk = nodeDisk,
  processes: Processes = machineProcesses(),
): Promise<OpenJournal> {
  const named = resolve(options.journal!);
  const module = moduleOf(options);
  const failed = (error: unknown): never => {
    throw openFailure(named, error);
  };
  const path = await disk.target(named).catch(failed); // By whatever name it goes: it has one lock.
  const facts = await disk.facts(path).catch(failed);
  // The journal that is begun anew takes the place of what is there: as root, of /dev/null as well.
  if (facts !== undefined && facts.kind !== 'file') failed(new Error('it is no regular file'));
  const lock = await Lock.take(`${path}.lock`, { disk, processes, clock }).catch(failed);
  let file: DiskFile | undefined;
  try {
    file = (await disk.facts(path)) === undefined ? undefined : await disk.open(path, 'update');
    const read = file === undefined ? undefined : await readJournal(path, file, module);
    if (file === undefined || read === undefined) {
      await file?.close();
      const header = { type: 'server', format: 1, module, seed } as const;
      return {
        journal: new ServerJournal({ path, disk, clock, lock, header, sync: options.sync, file: undefined, kept: 0, continued: [0, 0] }),
        kept: undefined,
        seed,
      };
    }
    await file.truncate(read.length);
    const { header, kept } = read;
    const last = kept.snapshot.seq + kept.entries.length - 1;
    const open = new AppendFile(path, file, plain, read.length);
    return {
      journal: new ServerJournal({
        path,
        disk,
        clock,
        lock,
        header,
        sync: options.sync,
        file: open,
        kept: last,
        continued: kept.continued,
      }),
      kept,
      seed: header.seed,
    };
  } catch (error) {
    await file?.close().catch(() => {});
    await lock.release();
    throw openFailure(path, error);
  }
}

/** A module may be moved, and its TypeScript be compiled. */
function moduleOf({ filename, export: exported }: ResolvedServerOptions): string {
  const file = basename(fileURLToPath(filename));
  return `${file.slice(0, file.length - extname(file).length)}#${exported}`;
}
