import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { InvalidOptionError } from '../../core/errors.ts';
import { ownFile } from '../../core/installation.ts';

/** Set in the environment of every process that is started as a cell. */
const MARK = 'HOLDFAST_CELL';
/** Set in a cell, and seen by every thread in it. */
const IN_CELL = 'holdfast.cell';

/** The file that a cell runs. @throws {NotInstalledError} `ERR_NOT_INSTALLED` */
export function cellProgram(): string {
  return ownFile('executors/processes/cell-main.js', () => new URL('./cell-main.js', import.meta.url));
}

/** The environment in which a cell is started. */
export function cellEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, [MARK]: '1' };
}

/** Marks a cell for its threads. Processes that they start are not cells, so the mark is removed from the environment. */
export function becomeCell(): void {
  delete process.env[MARK];
  setEnvironmentData(IN_CELL, true);
}

/**
 * Refuses to make cells where a cell would not be one. An executable that holds a program of its own starts that program again, whatever it is
 * asked to run; and where the program makes the same pool again, that goes on without end. Not every such executable can be recognized
 * beforehand: so every process that was started as a cell carries a mark, and makes no cells, whatever it runs.
 *
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`
 */
export function checkProgram(execPath: string | undefined): void {
  if (process.env[MARK] !== undefined)
    refuse(
      `a Node executable, which starts what it is asked to`,
      `${process.execPath}, which was started as a cell and runs this program again`,
      'Set execPath to a Node executable.',
    );
  if (getEnvironmentData(IN_CELL) === true)
    refuse(
      "'thread' inside of a cell",
      'a pool of cells made by a thread of a cell',
      "Make it in the program, or with isolation: 'thread'.",
    );
  const other = execPath === undefined ? otherProgram() : undefined;
  if (other !== undefined) refuse('a Node executable to start cells with', other, 'Set execPath to one.');
}

function refuse(expected: string, got: string, advice: string): never {
  throw new InvalidOptionError(`isolation, execPath: Expected ${expected}. Got ${got}. ${advice}`);
}

/** What this process runs in, if that is known not to be Node as such. */
function otherProgram(): string | undefined {
  const { electron, bun, deno } = process.versions;
  if (electron !== undefined) return 'Electron, which would start the application again';
  if (bun !== undefined || deno !== undefined) return bun === undefined ? 'Deno' : 'Bun';
  const sea = process.getBuiltinModule('node:sea') as { isSea(): boolean } | undefined;
  return sea?.isSea() || 'pkg' in process ? 'a single executable, which would start the program again' : undefined;
}
