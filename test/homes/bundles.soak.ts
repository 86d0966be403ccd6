import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { alone, BUNDLERS, ENTRY, type Form } from './bundles.ts';
import { node, program } from './installed.ts';
import { EXPECTED, SCENARIO, TASK_FILES } from './scenario.ts';

// The package as it is published, in a bundle: left outside, taken in where it is installed besides, and taken in where it is not.
let folder = '';
before(async () => {
  folder = await program('bundles', { ...TASK_FILES, 'entry.mjs': ENTRY(SCENARIO) });
});

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  for (const form of (name === 'ncc' ? ['esm'] : ['esm', 'cjs']) as Form[]) {
    describe(`${name}, ${form}`, () => {
      it('external: it runs', async () => {
        const { code, out, err } = await node(folder, await bundle(folder, form, true), join(folder, 'task.mjs'));
        assert.deepEqual([code, out.trim()], [0, EXPECTED], err);
      });

      it('taken in, with the package installed besides: it runs', async () => {
        const { code, out, err } = await node(folder, await bundle(folder, form, false), join(folder, 'task.mjs'));
        assert.deepEqual([code, out.trim()], [0, EXPECTED], err);
      });

      it('taken in, and nothing installed: it says so', async () => {
        const file = await bundle(folder, form, false);
        const empty = alone(folder, file);
        try {
          const { code, out, err } = await node(empty, basename(file), join(folder, 'task.mjs'));
          if (name === 'webpack') {
            // It has written into the bundle where the package lay when it was made, and on this machine it lies there still.
            assert.deepEqual([code, out.trim()], [0, EXPECTED], err);
          } else {
            assert.deepEqual([code, out.split(' ')[0]], [1, 'ERR_NOT_INSTALLED'], err);
            assert.match(out, /Mark 'holdfast' as external/);
          }
        } finally {
          rmSync(empty, { recursive: true, force: true });
        }
      });
    });
  }
}
