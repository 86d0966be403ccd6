import assert from 'node:assert/strict';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { page, pages, prose } from './markdown.ts';

describe('docs/README.md', () => {
  it('leads to every page below docs', () => {
    const index = page('docs/README.md');
    const linked = Array.from(prose(index).matchAll(/\]\(([^)#\s]+)/g), ([, target]) => normalize(join(dirname(index.path), target!)));
    const missing = pages().filter(({ path }) => path.startsWith('docs/') && path !== index.path && !linked.includes(path));
    assert.deepEqual(
      missing.map(({ path }) => path),
      [],
    );
  });
});
