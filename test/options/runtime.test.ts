import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { checkRuntime, UnsupportedRuntimeError } from '../../src/core/installation.ts';

describe('the runtime', () => {
  it('is Node, in a version that is not too old', () => {
    checkRuntime();
    for (const node of ['20.19.0', '22.0.0', '26.1.0']) checkRuntime({ node });
    for (const [versions, found] of [
      [{ node: '22.6.0', bun: '1.2.3' }, /Got Bun 1\.2\.3\./],
      [{ node: '22.6.0', deno: '2.1.4' }, /Got Deno 2\.1\.4\./],
      [{ node: '20.18.3' }, /Got Node\.js 20\.18\.3\./],
      [{ node: '18.20.0' }, /Got Node\.js 18\.20\.0\./],
    ] as const) {
      assert.throws(
        () => checkRuntime(versions),
        (error: unknown) =>
          error instanceof UnsupportedRuntimeError && error.code === 'ERR_UNSUPPORTED_RUNTIME' && found.test(error.message),
      );
    }
  });

  it('is what package.json asks for', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    const [, least] = /(\d+\.\d+)/.exec(engines.node)!;
    assert.throws(() => checkRuntime({ node: '1.0.0' }), new RegExp(`Expected Node\\.js ${least!.replace('.', '\\.')} or later`));
  });

  it('that is another one is refused by the constructor, in words, and nothing is left', () => {
    const entry = new URL('../../src/index.js', import.meta.url).href;
    const program = `Object.defineProperty(process, 'versions', { value: { ...process.versions, bun: '1.2.3' } });
      const { Pool } = await import('${entry}');
      try { new Pool(); } catch (error) { console.log(error.name, error.code); }`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    assert.deepEqual([stdout, status], ['UnsupportedRuntimeError ERR_UNSUPPORTED_RUNTIME\n', 0]);
  });
});
