import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';

/** Files that a program has loaded of a package once it has imported the pool. */
const PROGRAM = `
  await import(process.argv[1]);
  const { createRequire } = await import('node:module');
  const loaded = Object.keys(createRequire(process.argv[1]).cache);
  console.log(JSON.stringify(loaded.filter((file) => file.includes('prom-client')).map((file) => file.replace(/.*prom-client./, ''))));
`;

it('of prom-client a program loads the registry, and no more, until it asks for it', () => {
  const entry = new URL('../../src/index.js', import.meta.url).href;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM, entry], { encoding: 'utf8' });
  const files = (JSON.parse(printed) as string[]).map((file) => file.replaceAll('\\', '/')).sort();
  assert.deepEqual(files, ['lib/registry.js', 'lib/util.js']);
});
