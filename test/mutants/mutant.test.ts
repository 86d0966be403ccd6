import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FUZZ_MUTATIONS } from '../hostile/mutations/mutations-list.ts';
import { NODE_MUTATIONS } from '../nodes/simulation/mutations.ts';
import { MUTATIONS } from '../simulation/mutations/mutations-list.ts';
import { FOUND } from './mends-found.ts';
import { MENDS } from './mends-list.ts';
import { textOf } from './mutant.ts';

test('each mutation finds the protection that it is to switch off', () => {
  const mutations = [...MUTATIONS, ...NODE_MUTATIONS, ...FUZZ_MUTATIONS, ...MENDS, ...FOUND];
  const lost = mutations.filter((mutation) => textOf(mutation) === undefined);
  assert.deepEqual(
    lost.map(({ name, file }) => `${name} (${file})`),
    [],
  );
  assert.equal(new Set(MUTATIONS.map(({ name }) => name)).size, MUTATIONS.length);
  assert.equal(new Set(FUZZ_MUTATIONS.map(({ name }) => name)).size, FUZZ_MUTATIONS.length);
});
