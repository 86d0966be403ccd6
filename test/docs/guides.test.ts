import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Example, examplesOf } from './examples.ts';
import { type Page, pages } from './markdown.ts';

/** Pages that tell how to do something. */
const guides = pages().filter(({ path }) => path.startsWith('docs/guides/') || path === 'docs/homes.md');
const programs = pages().flatMap((page) => examplesOf(page).filter(({ kind }) => kind !== 'fragment'));

/** The examples below the last heading of a page. */
function lastSection({ path, text }: Page): Example[] {
  const from = text.lastIndexOf('\n## ');
  const line = text.slice(0, from).split('\n').length;
  return examplesOf({ path, text }).filter((example) => example.line > line);
}

describe('a guide ends in a program that a test runs', () => {
  for (const guide of guides)
    it(guide.path, () =>
      assert.ok(
        lastSection(guide).some(({ kind }) => kind === 'run'),
        'no run below its last heading',
      ),
    );
});

describe('a program can be copied from a page', () => {
  it('its files have their names in their first lines, where the reader of the page sees them', () => {
    const nameless = programs.filter(({ file, text }) => !text.trimStart().startsWith(`// ${file.split('/').at(-1)}`));
    assert.deepEqual(
      nameless.map(({ page, line }) => `${page}:${line}`),
      [],
    );
  });

  it('it runs as JavaScript on the oldest Node too, when the types are left out', () => {
    const tooNew = programs.filter(({ text }) => /^\s*(?:await )?using \w+ =/m.test(text));
    assert.deepEqual(
      tooNew.map(({ page, line }) => `${page}:${line}: using`),
      [],
    );
  });
});
