import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packed } from '../installed.ts';
import { EXPECTED } from '../scenario.ts';
import { MANAGERS, workspaces } from './managers.ts';
import { type Registry, registry } from './registry.ts';

// The package as it is published, installed by the package managers that people have, each with its own idea of what a package may see.
let source: Registry;
let version = '';
before(async () => {
  source = await registry();
  version = (JSON.parse(readFileSync(join(await packed(), 'package.json'), 'utf8')) as { version: string }).version;
});
after(() => source.close());

for (const [name, manager] of Object.entries(MANAGERS)) {
  describe(name, () => {
    let folder = '';
    let app = '';
    before(async () => {
      folder = workspaces(version, manager.files?.(source.url));
      app = join(folder, 'packages/app');
      const { code, out, err } = await manager.install(folder, source.url);
      assert.equal(code, 0, `${out}\n${err}`);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const main of ['main.mjs', 'main.cjs']) {
      it(`${main}: threads and cells, with the task module of another package`, async () => {
        const { code, out, err } = await manager.node(app, main);
        assert.deepEqual([code, out.trim().split('\n')], [0, [EXPECTED, EXPECTED]], err);
      });
    }

    it('the command line runs a job', async () => {
      const { code, out, err } = await manager.holdfast(app, 'run', 'batch.mjs', 'input.ndjson', '--out', 'out.ndjson');
      assert.equal(code, 0, `${out}\n${err}`);
      assert.equal(readFileSync(join(app, 'out.ndjson'), 'utf8'), '{"index":0,"value":{"twice":2}}\n{"index":1,"value":{"twice":4}}\n');
    });
  });
}
