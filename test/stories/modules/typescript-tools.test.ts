import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { drawn, first, oneIn } from '../../soak.ts';

const test = oneIn(3, import.meta.url);

const INDEX = new URL('../../../src/index.js', import.meta.url).href;
const { resolve } = createRequire(import.meta.url);
const KINDS = drawn(1, ['thread', 'process']);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
after(() => rmSync(folder, { recursive: true }));

// What Node reads by no rules of its own: an enum, and a file without its extension.
writeFileSync(join(folder, 'helper.ts'), 'export enum Size { small = 7 }\n');
writeFileSync(
  join(folder, 'task.ts'),
  "import { Size } from './helper';\nexport default (n: number): number => n * Size.small;\nexport const plus = (n: number): number => n + Size.small;\n",
);
writeFileSync(
  join(folder, 'main.mjs'),
  `import { Pool } from '${INDEX}';
  const outcomes = [];
  for (const isolation of ${JSON.stringify(KINDS)}) {
    const pool = new Pool({ filename: new URL('./task.ts', import.meta.url), isolation, threads: 1, spares: 0, restart: { intensity: 0 } });
    outcomes.push(await pool.run(6).catch((error) => error.message), await pool.run(1, { name: 'plus' }).catch((error) => error.message));
    await pool.close();
  }
  console.log(JSON.stringify(outcomes));`,
);

for (const [tool, flags] of first(1, [
  ['tsx', ['--import', import.meta.resolve('tsx')]],
  ['esbuild-register', ['-r', resolve('esbuild-register')]],
] as const)) {
  test(`a task module that only ${tool} can read runs in threads and cells (${KINDS})`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(folder, 'main.mjs')], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.deepEqual(
      JSON.parse(stdout),
      KINDS.flatMap(() => [42, 8]),
    );
  });
}
