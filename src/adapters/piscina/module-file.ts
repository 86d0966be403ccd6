import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const WHOLE: ReadonlySet<string> = new Set(['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.json', '.node']);

/** The path that a file is known by, to queues and in `options`; `null` if there is none. */
export const pathOf = <F extends string | null>(filename: F): F | string =>
  filename?.startsWith('file:') === true ? fileURLToPath(filename) : filename;

/** The file of a task module, as Piscina finds it: it requires before it imports, so a name may lack its extension, or be a folder with an index. */
export function moduleFile(filename: string): string {
  try {
    const path = filename.startsWith('file:') ? fileURLToPath(filename) : filename;
    return WHOLE.has(extname(path)) ? filename : createRequire(path).resolve(path);
  } catch {
    return filename; // The import says what is wrong with it.
  }
}
