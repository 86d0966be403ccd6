import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { NAMED } from './guide.ts';

const home = join(dirname(createRequire(import.meta.url).resolve('piscina')), '..');
const declared = readFileSync(join(home, 'dist/index.d.ts'), 'utf8');

const verdicts = NAMED.flatMap(([names = '', verdict = '']) =>
  Array.from(names.matchAll(/`([^`]+)`/g), ([, name = '']) => [name.match(/[\w.]+/)?.[0] ?? name, verdict] as const),
);

const within = (start: string): string => declared.slice(declared.indexOf(start), declared.indexOf('\n}', declared.indexOf(start)));
const OPTIONS = Array.from(within('interface Options {').matchAll(/^ {4}(\w+)\?:/gm), ([, name]) => name!);
const MEMBERS = Array.from(within('class Piscina<').matchAll(/^ {4}(?:static )?(?:get )?\[?([\w.]+)\]?\(/gm), ([, name]) => name!);
const EVENTS = readdirSync(join(home, 'docs/docs/api-reference'))
  .filter((name) => name === 'event.md')
  .flatMap((name) =>
    Array.from(readFileSync(join(home, 'docs/docs/api-reference', name), 'utf8').matchAll(/Event: `'(\w+)'`/g), ([, event]) => event!),
  );
const RUN = Array.from(within('interface RunOptions {').matchAll(/^ {4}(\w+)\?:/gm), ([, name]) => name!);

test('the table of the guide has every option, member and event of Piscina, each the same, better or refused', () => {
  assert.ok(OPTIONS.length >= 21 && MEMBERS.length >= 20 && EVENTS.length >= 6 && RUN.length === 4, 'the declarations are read');
  const said = new Map(verdicts);
  const text = NAMED.map(([names]) => names).join('\n');
  for (const name of [...OPTIONS, ...MEMBERS, ...EVENTS].filter((one) => one !== 'constructor')) {
    assert.ok(said.has(name), `${name} stands in no table`);
    assert.match(said.get(name)!, /^(same|better|refused)$/, name);
  }
  for (const name of RUN) assert.ok(text.includes(name), name);
});
