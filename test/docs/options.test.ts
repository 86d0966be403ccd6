import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import type { Check } from '../../src/options/checks.ts';
import { POOL_OPTIONS, resolveOptions } from '../../src/options/pool-options.ts';
import { runShape } from '../../src/options/run-options.ts';
import { MAP_SHAPE } from '../../src/stream/map-options.ts';
import { codes, page, type Row, rows } from './markdown.ts';

const docs = page('docs/options.md');
const filename = '/task.js';
const defaults = resolveOptions({ filename }) as unknown as Record<string, unknown>;

/** The message with which a check refuses a value; `undefined` if it takes it. */
function refusal(check: Check<unknown>, path: string, value: unknown): string | undefined {
  try {
    check(value, path);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What a check says that it takes; `undefined` if it takes anything. */
function expected(check: Check<unknown>, path: string, wrong: unknown): string | undefined {
  const message = refusal(check, path, wrong);
  return message === undefined ? undefined : /: Expected (.*)\. Got /s.exec(message)?.[1];
}

interface Known {
  readonly option: string;
  readonly takes: string | undefined;
}

/** The options of a shape and, where one is an object, its fields: their names are learned from what it says of an unknown one. */
function known(shape: object): Known[] {
  return Object.entries(shape as Record<string, Check<unknown>>).flatMap(([option, check]) => {
    const fields =
      /\.unknown: Expected a known option \((.*)\)\. Got/.exec(refusal(check, option, { unknown: 1 }) ?? '')?.[1]?.split(', ') ?? [];
    const inner = fields.map((field) => ({
      option: `${option}.${field}`,
      takes: expected((value) => check({ [field]: value }, option), option, Symbol('wrong')),
    }));
    return [{ option, takes: expected(check, option, Symbol('wrong')) }, ...inner];
  });
}

function documented(heading: string): (Row & { readonly option: string })[] {
  return rows(docs, heading).map((row) => ({ ...row, option: codes(row.option)[0]! }));
}

const SECTIONS: readonly (readonly [heading: string, shape: object])[] = [
  ['Options of a pool', POOL_OPTIONS],
  ['Options of `run`', runShape(resolveOptions({ filename }))],
  ['Options of `map` and `mapSettled`', MAP_SHAPE],
];

describe('docs/options.md', () => {
  for (const [heading, shape] of SECTIONS) {
    it(`has every option below "${heading}", and no other`, () => {
      const inDocs = documented(heading).map(({ option }) => option);
      assert.deepEqual(
        inDocs.sort(),
        known(shape)
          .map(({ option }) => option)
          .sort(),
      );
    });

    it(`says what each option below "${heading}" takes, in the words of its check`, () => {
      const rowOf = new Map(documented(heading).map((row) => [row.option, row]));
      for (const { option, takes } of known(shape)) {
        if (takes !== undefined) assert.equal(rowOf.get(option)?.takes, takes, option);
        else assert.match(rowOf.get(option)?.takes ?? '', /^anything/, option);
      }
    });
  }

  it('tells the defaults that a pool has', () => {
    let compared = 0;
    for (const { option, default: cell } of documented('Options of a pool')) {
      const [text] = codes(cell);
      if (text === undefined || cell !== `\`${text}\``) continue;
      const [name, field] = option.split('.') as [string, string | undefined];
      const actual = field === undefined ? defaults[name] : (defaults[name] as Record<string, unknown> | undefined)?.[field];
      if (actual === undefined) continue;
      assert.deepEqual(actual, evaluated(text), option);
      compared++;
    }
    assert.ok(compared > 20, `only ${compared} defaults were compared`);
  });
});

/** The value of a default as it is written: `30_000`, `'default'`, `['crash']`, `availableParallelism()`. */
function evaluated(text: string): unknown {
  if (text === 'availableParallelism()') return availableParallelism();
  if (text === 'Infinity') return Number.POSITIVE_INFINITY;
  return JSON.parse(text.replace(/(?<=\d)_(?=\d)/g, '').replaceAll("'", '"'));
}
