import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { command, node, tool } from '../installed.ts';
import { SCENARIO, TASK_FILES } from '../scenario.ts';

const dependencies = (version: string) => ({ holdfast: version });

/** Two packages of one repository: a program, and the task modules that it gives to its pool. */
const FILES = (version: string): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ name: 'root', version: '1.0.0', private: true, workspaces: ['packages/*'] }),
  'packages/tasks/package.json': JSON.stringify({
    name: 'tasks',
    version: '1.0.0',
    exports: { './task.mjs': './task.mjs', './task.cjs': './task.cjs' },
    dependencies: dependencies(version),
  }),
  'packages/tasks/task.mjs': TASK_FILES['task.mjs']!,
  'packages/tasks/task.cjs': TASK_FILES['task.cjs']!,
  'packages/app/package.json': JSON.stringify({
    name: 'app',
    version: '1.0.0',
    dependencies: { ...dependencies(version), tasks: '1.0.0' },
  }),
  'packages/app/main.mjs': `import * as holdfast from 'holdfast';
${SCENARIO}
const filename = import.meta.resolve('tasks/task.mjs');
for (const isolation of ['thread', 'process']) console.log(await scenario(holdfast, filename, { isolation }));
`,
  'packages/app/main.cjs': `const holdfast = require('holdfast');
${SCENARIO}
const filename = require.resolve('tasks/task.cjs');
(async () => {
  for (const isolation of ['thread', 'process']) console.log(await scenario(holdfast, filename, { isolation }));
})();
`,
  'packages/app/batch.mjs': 'export default ({ n }) => ({ twice: 2 * n });\n',
  'packages/app/input.ndjson': '{"n":1}\n{"n":2}\n',
});

type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** A package manager that has installed the workspaces, and runs what is in them as it is meant to be run there. */
export type Manager = {
  readonly install: (folder: string, registry: string) => Promise<Ended>;
  readonly files?: (registry: string) => Readonly<Record<string, string>>;
  /** `node` in the program's folder. */
  readonly node: (app: string, ...args: string[]) => Promise<Ended>;
  /** The command line of the package there. */
  readonly holdfast: (app: string, ...args: string[]) => Promise<Ended>;
};

const PNPM = 'pnpm/bin/pnpm.cjs';
const YARN = 'yarn/bin/yarn.js';
const BERRY = '@yarnpkg/cli-dist/bin/yarn.js';
const ran =
  (script: string, ...before: string[]) =>
  (folder: string, ...args: string[]): Promise<Ended> =>
    node(folder, tool(script), ...before, ...args);

export const MANAGERS: Readonly<Record<string, Manager>> = {
  'npm workspaces': {
    install: (folder, url) =>
      command(folder, 'npm', ['install', '--registry', url, '--cache', join(folder, '.npm'), '--no-audit', '--no-fund']),
    node,
    holdfast: (app, ...args) => command(app, 'npm', ['exec', '--offline', '--', 'holdfast', ...args]),
  },
  'pnpm, strict': {
    files: (url) => ({
      'pnpm-workspace.yaml': "packages: ['packages/*']\nlinkWorkspacePackages: true\nhoist: false\n",
      '.npmrc': `registry=${url}\n`,
    }),
    install: (folder) => node(folder, tool(PNPM), 'install', '--store-dir', join(folder, '.store'), '--config.cache-dir=.pnpm-cache'),
    node,
    holdfast: ran(PNPM, 'exec', 'holdfast'),
  },
  'yarn 1': {
    install: (folder, url) =>
      node(
        folder,
        tool(YARN),
        'install',
        '--registry',
        url,
        '--cache-folder',
        join(folder, '.yarn'),
        '--non-interactive',
        '--ignore-engines',
      ),
    node,
    holdfast: ran(YARN, '--silent', 'run', 'holdfast'),
  },
  'yarn PnP': {
    files: (url) => ({
      'yarn.lock': '',
      '.yarnrc.yml': `nodeLinker: pnp
npmRegistryServer: ${url}
unsafeHttpWhitelist: [127.0.0.1]
enableGlobalCache: false
enableImmutableInstalls: false
enableTelemetry: false
npmMinimalAgeGate: 0
globalFolder: .yarn/global
`,
    }),
    install: (folder) => node(folder, tool(BERRY), 'install'),
    node: ran(BERRY, 'node'),
    holdfast: ran(BERRY, 'run', 'holdfast'),
  },
};

/** Outside of this repository, so that nothing is found but what was installed. */
export function workspaces(version: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-workspaces-'));
  for (const [name, text] of Object.entries({ ...FILES(version), ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** As pnpm lays it out: beside the package lies what it depends on, and the program sees the package alone. */
export function strict(pack: string, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-strict-'));
  const store = join(folder, 'node_modules/.store/node_modules');
  mkdirSync(store, { recursive: true });
  cpSync(pack, join(store, 'holdfast'), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(pack, 'package.json'), 'utf8')) as { dependencies: object };
  for (const name of Object.keys(dependencies)) symlinkSync(tool(name), join(store, name));
  symlinkSync(join(store, 'holdfast'), join(folder, 'node_modules/holdfast'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
