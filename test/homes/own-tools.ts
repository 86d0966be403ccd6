import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command, packed } from './installed.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const wanted = join(root, 'test/homes/tools');
const cache = join(root, '.cache/tools');

/** Installs them from the registry, once for each lock file. */
async function installed(): Promise<string> {
  const lock = readFileSync(join(wanted, 'package-lock.json'));
  const home = join(cache, createHash('sha256').update(lock).digest('hex').slice(0, 16));
  if (existsSync(home)) return home;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  cpSync(wanted, draft, { recursive: true });
  const { code, err } = await command(draft, 'npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund']);
  if (code !== 0) throw new Error(`the tools of ${wanted} cannot be installed: ${err}`);
  try {
    renameSync(draft, home);
  } catch {
    rmSync(draft, { recursive: true, force: true }); // Another test was first.
  }
  return home;
}

/** A file of one of the tools of `test/homes/tools`. */
export const ownTool = async (path: string): Promise<string> => join(await installed(), 'node_modules', path);

/** A folder of its own in a program that has the tools of `test/homes/tools`, and the package as it would be published. */
export async function programWithTools(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const home = await installed();
  const link = join(home, 'node_modules/holdfast');
  rmSync(link, { force: true });
  symlinkSync(await packed(), link);
  const folder = join(home, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}
