import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SOAK } from '../soak.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const homes = join(root, '.cache/homes');

/** Changes with every build, and with how it comes to be installed. */
function build(): string {
  const hash = createHash('sha256')
    .update(`${SOAK}`)
    .update(readFileSync(join(root, 'package.json')));
  for (const name of readdirSync(join(root, 'dist/src'), { recursive: true }).map(String).sort()) {
    const { mtimeMs, size } = statSync(join(root, 'dist/src', name));
    hash.update(`${name} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Everything that is installed in this repository, and in its midst the package as it would be published. */
async function install(home: string): Promise<void> {
  const modules = join(home, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  const there = join(modules, 'holdfast');
  if (SOAK) {
    // Scripts off: packing must not rebuild what is being tested.
    await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', home], { cwd: root });
    const tarball = readdirSync(home).find((name) => name.endsWith('.tgz'))!;
    await run('tar', ['-xzf', tarball], { cwd: home });
    renameSync(join(home, 'package'), there);
  } else {
    // A packer takes seconds for this.
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
    for (const name of ['package.json', ...files]) cpSync(join(root, name), join(there, name), { recursive: true });
  }
  writeFileSync(join(home, 'package.json'), '{ "name": "home", "private": true }\n');
}

let made: Promise<string> | undefined;

/** The folder of a program that has the package installed. Packed once a build, whichever test comes first. */
function installed(): Promise<string> {
  made ??= (async () => {
    const home = join(homes, build());
    if (existsSync(home)) return home;
    mkdirSync(homes, { recursive: true });
    const draft = mkdtempSync(join(homes, 'draft-'));
    await install(draft);
    try {
      renameSync(draft, home);
    } catch {
      rmSync(draft, { recursive: true, force: true }); // Another test was first.
    }
    for (const old of readdirSync(homes)) {
      const mayBeInUse = old.startsWith('draft-') || join(homes, old) === home;
      if (!mayBeInUse) rmSync(join(homes, old), { recursive: true, force: true });
    }
    return home;
  })();
  return made;
}

/** The package as it would be published, unpacked. */
export const packed = async (): Promise<string> => join(await installed(), 'node_modules/holdfast');

/** A folder of its own in that program, with these files. */
export async function program(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(await installed(), name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

/** What a command wrote and how it ended. None of ours, or of a test runner, is in its environment. */
export async function command(folder: string, file: string, args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_|npm_|HOLDFAST_|JEST_|VITEST)/.test(name)));
  try {
    const { stdout, stderr } = await run(file, args, { cwd: folder, env: { ...env, CI: '1', NO_COLOR: '1' }, timeout: 110_000 });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, out: stdout, err: stderr };
  }
}

/** `node` with these arguments. */
export const node = (folder: string, ...args: string[]) => command(folder, process.execPath, args);

/** A file of a tool that is installed here. */
export const tool = (path: string): string => join(root, 'node_modules', path);
