import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';

/** Files that a program has loaded of dependencies: once it has imported the pool, once it has one, once it has read the metrics. */
const PROGRAM = `
  import { createRequire } from 'node:module';
  const { cache } = createRequire(import.meta.resolve('holdfast'));
  const loaded = () => Object.keys(cache).map((file) => file.replaceAll('\\\\', '/')).map((file) => file.replace(/.*(node_modules|dist.src)./, '')).sort();
  const { Pool } = await import('holdfast');
  const imported = loaded();
  const pool = new Pool({ filename: 'data:text/javascript,export default (n) => n', threads: 1 });
  const made = loaded();
  await pool.metrics.metrics();
  const read = loaded().filter((file) => file.startsWith('prom-client/'));
  await pool.close({ force: true });
  console.log(JSON.stringify({ imported, made, read }));
`;

it('a program loads a dependency when it is first needed, and of prom-client the registry alone', () => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(printed), {
    imported: [],
    made: [],
    read: ['prom-client/lib/registry.js', 'prom-client/lib/util.js'],
  });
});
