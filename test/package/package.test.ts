import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { packed } from '../homes/installed.ts';

// The package as it would be published, unpacked into an empty project whose other dependencies are this repository's.
const root = fileURLToPath(new URL('../../..', import.meta.url));
let project = '';

const FILES = {
  'package.json': '{"name":"empty","private":true,"type":"module"}',
  'task.ts': `import { context } from 'holdfast/worker';
export default async function double({ n }: { n: number }): Promise<number> {
  if (context().aborted) return 0;
  return n * 2;
}
export const shout = (text: string): string => text.toUpperCase();
`,
  'main.ts': `import { Pool, type PoolOptions } from 'holdfast';
const options: PoolOptions = { filename: new URL('./task.js', import.meta.url), threads: 1 };
const pool = new Pool<typeof import('./task.js')>(options);
const four: number = await pool.run({ n: 2 });
const loud: string = await pool.run('hey', { name: 'shout' });
// @ts-expect-error the default export takes { n: number }
const refused: Promise<number> = pool.run('two');
await refused.catch(() => {});
const typed = new Pool<{ n: number }, number>(options);
const six: number = await typed.run({ n: 3 });
console.log(JSON.stringify([four, loud, six]));
await Promise.all([pool.close(), typed.close()]);
`,
  'main.cjs': `const { Pool, attemptsOf } = require('holdfast');
const { faultPlan } = require('holdfast/faults');
const Piscina = require('holdfast/piscina');
const pool = new Pool({ filename: __dirname + '/task.js', threads: 1 });
pool.run({ n: 21 }).then(async (value) => {
  console.log(value, typeof attemptsOf, typeof faultPlan, Piscina.name, Piscina.Piscina === Piscina, (await import('holdfast/piscina')).default === Piscina);
  await pool.close();
});
`,
};

const inProject = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: project, encoding: 'utf8' });

before(async () => {
  project = mkdtempSync(join(tmpdir(), 'holdfast-package-'));
  const modules = join(project, 'node_modules');
  mkdirSync(modules);
  cpSync(await packed(), join(modules, 'holdfast'), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  for (const name of [...Object.keys(dependencies), '@types']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, types: ['node'] };
  for (const [name, text] of Object.entries({ ...FILES, 'tsconfig.json': JSON.stringify({ compilerOptions }) }))
    writeFileSync(join(project, name), text);
  inProject(process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', '.');
});

after(() => rmSync(project, { recursive: true, force: true }));

test('types are inferred from the task module, and the compiled program runs as ESM', () => {
  assert.equal(inProject(process.execPath, 'main.js'), '[4,"HEY",6]\n');
});

test('CommonJS programs can require it', () => {
  assert.equal(inProject(process.execPath, '--no-warnings', 'main.cjs'), '42 function function Piscina true true\n');
});

test('every entry point of package.json is in the package, and nothing but what belongs there', () => {
  const installed = join(project, 'node_modules/holdfast');
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    exports: Record<string, string | Record<string, Record<string, string>>>;
    bin: Record<string, string>;
  };
  const entries = [...Object.values(manifest.exports), ...Object.values(manifest.bin)].flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry).flatMap((form) => Object.values(form)),
  );
  for (const entry of entries) assert.ok(readFileSync(join(installed, entry)).length > 0, `${entry} is missing`);
  const names = readdirSync(installed).sort();
  assert.deepEqual(
    names.filter((name) => !['dist', 'docs', 'package.json', 'LICENSE'].includes(name)),
    ['ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'README.md', 'SECURITY.md', 'ops'],
  );
  assert.deepEqual(readdirSync(join(installed, 'dist')).sort(), ['cjs', 'cli', 'esm', 'src']);
});
