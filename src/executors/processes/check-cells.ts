import { Worker } from 'node:worker_threads';
import { InvalidOptionError } from '../../core/errors.ts';
import { toBytes } from '../../core/wire/bytes.ts';
import { cellProgram, checkProgram } from './cell-program.ts';
import { Marks } from './marks.ts';
import type { CellSettings } from './protocol.ts';

/** Settings that no thread takes are said to be wrong by the first thread. In a cell that would be too late, so one is asked for here that cannot start. */
function checkFlags({ execArgv, env }: CellSettings): void {
  if (execArgv === undefined && env?.NODE_OPTIONS === undefined) return;
  const uncloneable = (): void => {};
  try {
    void new Worker('', {
      eval: true,
      workerData: uncloneable,
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
      ...(env === undefined ? {} : { env }),
    }).terminate();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
  }
}

/** What a cell needs of the machine: leave to start a process, and a place for its marks. */
function checkMachine(threadsPerCell: number): void {
  const { permission } = process as { permission?: { has(scope: string): boolean } };
  if (permission?.has('child') === false)
    throw new InvalidOptionError(
      "isolation: Expected leave to start processes. Got none from Node's permission model. Add --allow-child-process, or use isolation: 'thread'.",
    );
  new Marks(threadsPerCell).close();
}

/**
 * Whether cells can be made with these options, here. Asked by the constructor, so that what is wrong is said at once and once, and not when the
 * first attempt needs a cell.
 *
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`, or Node's own refusal of flags
 * @throws {NotInstalledError} `ERR_NOT_INSTALLED` where a bundler has taken the package in, and nothing else is there
 */
export function checkCells(
  options: { readonly execPath: string | undefined; readonly threadsPerCell: number },
  settings: CellSettings,
): void {
  checkProgram(options.execPath);
  cellProgram();
  try {
    toBytes(settings);
  } catch (error) {
    throw new InvalidOptionError(`workerData: Expected what can be sent to another process. Got what cannot: ${(error as Error).message}`);
  }
  checkFlags(settings);
  checkMachine(options.threadsPerCell);
}
