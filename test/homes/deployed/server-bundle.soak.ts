import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { node } from '../installed.ts';
import { EXPECTED } from '../scenario.ts';
import { type Registry, registry } from './registry.ts';
import { bundle, server, standalone, type Treatment } from './server-bundle.ts';

// The package as it is published, in the bundle of a server as Next.js and its like make it, where it was made and where it is deployed.
let source: Registry;
let folder = '';
before(async () => {
  source = await registry();
  folder = await server(source);
});
after(() => {
  source.close();
  rmSync(folder, { recursive: true, force: true });
});

async function answers(at: string, expected: string): Promise<void> {
  const { code, out, err } = await node(at, 'server.cjs');
  assert.deepEqual([code, out.trim().split('\n')], [0, [expected, expected]], err);
}

for (const treatment of ['commonjs', 'import', 'inside'] as Treatment[]) {
  describe(`a server bundle, holdfast ${treatment === 'inside' ? 'taken in' : `external (${treatment})`}`, () => {
    before(() => bundle(folder, treatment));

    it('where it was made: threads and cells', () => answers(folder, EXPECTED));

    it(treatment === 'inside' ? 'deployed: it says that the package is missing' : 'deployed: threads and cells', async (t) => {
      const copy = await standalone(folder);
      // A bundle may have paths of where it was made in it, which another machine has not.
      renameSync(folder, `${folder}-away`);
      t.after(() => {
        renameSync(`${folder}-away`, folder);
        rmSync(copy, { recursive: true, force: true });
      });
      await answers(copy, treatment === 'inside' ? 'ERR_NOT_INSTALLED' : EXPECTED);
    });
  });
}
