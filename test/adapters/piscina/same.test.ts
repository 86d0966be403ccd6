import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Piscina as Original } from 'piscina';
import { Piscina } from '../../../src/adapters/piscina/index.ts';
import { type Pools, PROGRAMS } from './programs.ts';

describe('the same program with piscina and with holdfast/piscina sees the same', () => {
  for (const [name, program] of Object.entries(PROGRAMS)) {
    it(name, async () => {
      const [expected, actual] = await Promise.all([program(Original as never as Pools), program(Piscina)]);
      assert.deepEqual(actual, expected);
    });
  }
});
