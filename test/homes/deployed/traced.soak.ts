import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nodeFileTrace } from '@vercel/nft';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

test('what @vercel/nft finds of a program, copied elsewhere, runs in threads and cells', async (t) => {
  const folder = mkdtempSync(join(root, 'dist', 'traced-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'task.mjs'), 'export default (n) => n + 1;\n');
  writeFileSync(
    join(folder, 'main.mjs'),
    `import { Pool } from 'holdfast';
    for (const isolation of ['thread', 'process']) {
      const pool = new Pool({ filename: new URL('./task.mjs', import.meta.url), isolation, threads: 1, spares: 0 });
      console.log(isolation, await pool.run(1), (await pool.metrics.metrics()).includes('holdfast_threads'));
      await pool.close();
    }`,
  );
  const { fileList } = await nodeFileTrace([join(folder, 'main.mjs')], { base: root });
  const copy = join(folder, 'copy');
  for (const file of fileList) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  const main = [...fileList].find((file) => file.endsWith('main.mjs'))!;
  const output = execFileSync(process.execPath, [join(copy, main)], { encoding: 'utf8', cwd: copy, timeout: 60_000 });
  assert.equal(output, 'thread 2 true\nprocess 2 true\n');
});
