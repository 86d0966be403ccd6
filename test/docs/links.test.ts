import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { page, pages, prose, root } from './markdown.ts';

/** Anchors of the headings of a page, as GitHub makes them. */
function anchors(path: string): Set<string> {
  const titles = prose(page(path)).matchAll(/^#+ (.*)$/gm);
  return new Set(
    Array.from(titles, ([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('the links within the docs', () => {
  for (const from of pages()) {
    it(`of ${from.path} lead somewhere`, () => {
      for (const [, target] of prose(from).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target!)) continue;
        const [file, anchor] = target!.split('#') as [string, string | undefined];
        const path = file === '' ? from.path : normalize(join(dirname(from.path), file));
        assert.ok(existsSync(root + path), `${from.path} links ${target}`);
        if (anchor !== undefined) assert.ok(anchors(path).has(anchor), `${from.path} links ${target}`);
      }
    });
  }
});
