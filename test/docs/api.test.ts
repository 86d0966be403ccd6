import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Pool } from '../../src/index.ts';
import { Server } from '../../src/server/index.ts';
import { Supervisor } from '../../src/supervision/index.ts';
import { codes, page, root, rows } from './markdown.ts';

const docs = page('docs/api.md');

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** The declaration file of an entry, wherever its conditions hide it. */
function declarations(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { types, ...rest } = entry as { types?: unknown };
  if (typeof types === 'string') return types;
  return Object.values(rest)
    .map(declarations)
    .find((found) => found !== undefined);
}

/** Names that a declaration file exports: as a list, or where they are declared. */
function exported(file: string): string[] {
  const text = readFileSync(new URL(file, `file://${root}`), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const lists = Array.from(text.matchAll(/export (?:type )?\{([^}]*)\}/g), ([, names]) => names!.split(','));
  const listed = lists.flat().map((name) =>
    name
      .trim()
      .replace(/^type /, '')
      .replace(/^.* as /, ''),
  );
  const declared = Array.from(text.matchAll(/^export (?:declare )?(?:class|function|const|interface|type) (\w+)/gm), ([, name]) => name!);
  return [...new Set([...listed, ...declared])].filter((name) => name !== '').sort();
}

/** Members that a caller sees: of the prototypes, and declared fields. */
function members(of: { readonly prototype: object }): string[] {
  const names = new Set<string>();
  for (let at = of.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  names.delete('constructor');
  return [...names].sort();
}

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest;
const documented = (heading: string, column: string): string[] => rows(docs, heading).flatMap((row) => codes(row[column]));

describe('docs/api.md', () => {
  for (const [path, entry] of Object.entries(manifest.exports)) {
    const types = declarations(entry);
    if (types === undefined) continue;
    const name = path === '.' ? manifest.name : `${manifest.name}${path.slice(1)}`;
    it(`has every name that ${name} exports, and no other`, () => {
      assert.deepEqual(documented(`\`${name}\``, 'name').sort(), exported(types));
    });
  }

  for (const [name, of, fields] of [
    ['Pool', Pool, []],
    ['Supervisor', Supervisor, ['id']],
    ['Server', Server, []],
  ] as const) {
    it(`has every member of ${name}, and no other`, () => {
      assert.deepEqual(documented(`\`${name}\``, 'member').sort(), [...members(of), ...fields].sort());
    });
  }

  it('has every field of the statistics, and no other', async () => {
    const pool = new Pool({ filename: new URL('../fixtures/tasks.js', import.meta.url), threads: 1, spares: 0 });
    assert.deepEqual(documented('`PoolStats`', 'field').sort(), Object.keys(pool.stats()).sort());
    await pool.close({ force: true });
  });
});
