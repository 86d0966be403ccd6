import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BatchError, type BatchPool } from '../../../batch/index.ts';
import { nodeDisk } from '../../../batch/machine/node-disk.ts';
import { replaceText } from '../../../batch/machine/small-file.ts';
import { listen } from '../../../observe/http/server.ts';
import { isLoopback } from '../../../observe/options.ts';
import { PoolSite } from '../../../observe/site.ts';
import type { TreeNode } from '../../../supervision/index.ts';
import type { RunRequest } from '../messages.ts';

/** The page of a run while it runs, and its report afterwards. */
export interface RunObserver {
  /** Where the page is, with a slash at its end; undefined if nothing is served. */
  readonly url: string | undefined;
  /** There is a page. Where other machines may ask without a token, there are numbers alone. */
  readonly page: boolean;
  attach(pool: BatchPool): void;
  /** Writes the report, if one is wanted. @returns why it could not be written */
  report(): Promise<string | undefined>;
  close(): void;
}

/** Not a flag: the list of processes shows flags to every user. */
const TOKEN = 'HOLDFAST_OBSERVE_TOKEN';

function checkReport(path: string): void {
  const folder = dirname(resolve(path));
  // The report takes the place of what is there: as root, of /dev/null as well.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== false && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new BatchError('ERR_BATCH_OPTION', `--report: expected the path of a file in a folder that exists, got ${JSON.stringify(path)}.`);
}

/** A report of before stays whole until the new one is. @returns why it could not be written */
export async function writeReport(path: string, html: string | undefined): Promise<string | undefined> {
  if (html === undefined) return undefined;
  try {
    await replaceText(nodeDisk, await nodeDisk.target(resolve(path)), html);
    return undefined;
  } catch (error) {
    return `The report could not be written: ${(error as Error).message}.`;
  }
}

function tokenOf(env: NodeJS.ProcessEnv): string | undefined {
  const token = env[TOKEN];
  if (token === undefined || token === '') return undefined;
  if (token.length < 12) throw new BatchError('ERR_BATCH_OPTION', `${TOKEN}: expected at least 12 characters, got ${token.length}.`);
  return token;
}

async function serve(site: PoolSite, { host, port }: { host: string; port: number }): ReturnType<typeof listen> {
  try {
    return await listen(host, port, (request, response) => site.handle(request, response));
  } catch (cause) {
    throw new BatchError('ERR_BATCH_OPTION', `--observe: ${(cause as Error).message}`);
  }
}

/** Serves a run at `--observe`, and keeps what `--report` will show. @throws {BatchError} `ERR_BATCH_OPTION` if that cannot be */
export async function observeRun(request: RunRequest, tree: () => TreeNode): Promise<RunObserver | undefined> {
  const { observe: at, report } = request;
  if (at === undefined && report === undefined) return undefined;
  if (report !== undefined) checkReport(report);
  const token = tokenOf(process.env);
  const page = at !== undefined && (isLoopback(at.host) || token !== undefined);
  if (at?.pageNeeded && !page)
    throw new BatchError(
      'ERR_BATCH_OPTION',
      `--observe: expected a loopback address, or a token in ${TOKEN}, got ${at.host}, which other machines may reach.`,
    );
  const keep = report === undefined ? 'recent' : 'whole';
  const site = new PoolSite({ token, reveal: false, path: '', tree, keep }, !page);
  const server = at && (await serve(site, at));
  return {
    url: server?.url,
    page,
    attach: ({ pool }) => pool && site.attach(pool),
    report: async () => (report === undefined ? undefined : await writeReport(report, site.report())),
    close: () => {
      site.close();
      void server?.close();
    },
  };
}
