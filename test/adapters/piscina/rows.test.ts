import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Piscina as Original } from 'piscina';
import { Piscina } from '../../../src/adapters/piscina/index.ts';
import { drawn } from '../../soak.ts';
import { ERROR_ROWS } from './error-rows.ts';
import { ERRORS, NAMED } from './guide.ts';
import { type Pools, PROGRAMS } from './programs.ts';
import { ROW_PROGRAMS } from './row-programs.ts';
import { MEMBER_ROWS, OPTION_ROWS, type Row } from './rows.ts';

const ALL: Readonly<Record<string, Row>> = { ...OPTION_ROWS, ...MEMBER_ROWS, ...ERROR_ROWS };
const EVERY = { ...PROGRAMS, ...ROW_PROGRAMS };

it('every row of the tables of the guide has its test, and every test its row', () => {
  assert.deepEqual(
    Object.keys(ALL),
    [...NAMED, ...ERRORS].map(([first]) => first),
  );
});

it('a row that says "same" is held against Piscina, and one that says more is held to it', () => {
  for (const [first = '', verdict = ''] of NAMED) {
    const { same, here } = ALL[first]!;
    assert.ok(here !== undefined || (same !== undefined && verdict !== 'better'), first);
  }
  for (const [first = '', , said = ''] of ERRORS) {
    const { same, here } = ALL[first]!;
    if (said.startsWith('same')) assert.ok(same !== undefined, first);
    if (said.includes('better')) assert.ok(here !== undefined, first);
  }
});

it('every program belongs to a row', () => {
  const named = new Set(Object.values(ALL).flatMap(({ same = [] }) => same));
  assert.deepEqual([...named].sort(), Object.keys(EVERY).sort());
});

/** A program may belong to several rows: it runs once with each of both. */
const seen = new Map<string, Promise<readonly [unknown, unknown]>>();
function both(name: string): Promise<readonly [unknown, unknown]> {
  const program = EVERY[name]!;
  const known = seen.get(name) ?? Promise.all([program(Original as never as Pools), program(Piscina)]);
  seen.set(name, known);
  return known;
}

const programs = new Set(drawn(5, Object.keys(EVERY)));
const held = new Set(drawn(6, Object.keys(ALL)));

for (const [row, { same = [], here }] of Object.entries(ALL)) {
  describe(row, () => {
    for (const name of same.filter((one) => programs.has(one))) {
      it(`as with Piscina: ${name}`, async () => {
        const [expected, actual] = await both(name);
        assert.deepEqual(actual, expected);
      });
    }
    if (here !== undefined && held.has(row)) it('as the row says', async () => here());
  });
}
