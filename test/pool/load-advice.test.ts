import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Pool } from '../../src/index.ts';

const folder = await mkdtemp(join(tmpdir(), 'holdfast-advice-'));
after(() => rm(folder, { recursive: true }));
await writeFile(join(folder, 'compiled-later.ts'), 'export default (n: number): number => n;\n');
await writeFile(join(folder, 'imports-nothing.mjs'), "import './nowhere.mjs';\n");
await writeFile(join(folder, 'nowhere.mts'), '');
await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
await writeFile(join(folder, 'exports.js'), 'export default (n) => n;\n');
await writeFile(join(folder, 'imports.js'), "import 'node:fs';\nexport default (n) => n;\n");
await writeFile(join(folder, 'innocent.cjs'), "require('./broken.cjs');\n");
await writeFile(join(folder, 'broken.cjs'), 'export default 1;\n');

async function failureOf(file: string): Promise<string> {
  const pool = new Pool({ filename: join(folder, file), threads: 1, spares: 0, restart: { intensity: 0 }, retry: false });
  const error = await pool.run(1).catch((reason: unknown) => reason);
  await pool.close();
  assert.ok(error instanceof Error);
  assert.equal((error as { code?: unknown }).code, 'ERR_POOL_FAILED');
  return error.message;
}

test('a module that is there as TypeScript only: the pool says so, and what to do', async () => {
  assert.match(await failureOf('compiled-later.js'), /Cannot find module .*\. compiled-later\.ts is there: compile it first/);
});

test('a module that is nowhere: the pool says how to name it', async () => {
  assert.match(
    await failureOf('misspelt.js'),
    /Cannot find module .*misspelt\.js.*\. Name it as new URL\('\.\/task\.js', import\.meta\.url\)/,
  );
});

test('a module that imports what is nowhere gets no advice about its own name', async () => {
  assert.doesNotMatch(await failureOf('imports-nothing.mjs'), /is there|Name it/);
});

for (const file of ['exports.js', 'imports.js'])
  test(`an ES module that is loaded as CommonJS (${file}): the pool says so, and what to do`, async () => {
    assert.match(await failureOf(file), /\. It is an ES module, and is loaded as CommonJS: name it \.mjs/);
  });

test('a module that loads such a one gets no advice about its own form', async () => {
  assert.doesNotMatch(await failureOf('innocent.cjs'), /It is an ES module/);
});
