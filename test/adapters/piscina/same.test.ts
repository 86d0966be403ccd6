import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Piscina as Original } from 'piscina';
import { Piscina } from '../../../src/adapters/piscina/index.ts';
import type { Pools } from './programs.ts';

describe('the same program with piscina and with holdfast/piscina sees the same', () => {
  it('a module whose name lacks its extension, or is that of a folder', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-piscina-'));
    t.after(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'inside'));
    writeFileSync(join(folder, 'worker.js'), 'module.exports = (n) => n + 1;');
    writeFileSync(join(folder, 'worker.v2.js'), 'exports.twice = (n) => 2 * n;');
    writeFileSync(join(folder, 'inside/index.js'), 'module.exports = async (n) => -n;');
    const program = async (Pools: Pools): Promise<unknown> => {
      const pool = new Pools({ filename: join(folder, 'worker'), maxThreads: 1 });
      const results = [
        await pool.run(1),
        await pool.run(2, { filename: pathToFileURL(join(folder, 'worker')).href }),
        await pool.run(3, { filename: join(folder, 'worker.v2'), name: 'twice' }),
        await pool.run(4, { filename: join(folder, 'inside') }),
      ];
      await pool.destroy();
      return results;
    };
    assert.deepEqual([await program(Original as never as Pools), await program(Piscina)], Array(2).fill([2, 3, 6, -4]));
  });
});
