import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { decide, type ExitReason } from '../../src/supervision/index.ts';

const root = new URL('../../../', import.meta.url);
const page = await readFile(new URL('docs/supervision.md', root), 'utf8');

describe('docs/supervision.md', () => {
  it('lists the code of every error of supervision, and no other', async () => {
    const source = await readFile(new URL('src/supervision/errors.ts', root), 'utf8');
    const codes = [...new Set(source.match(/ERR_[A-Z_]+/g)), 'ERR_INVALID_OPTION'];
    const listed = [...page.matchAll(/^\| `(ERR_[A-Z_]+)` \|/gm)].map(([, code]) => code);
    assert.deepEqual(listed.sort(), codes.sort());
  });

  it('shows the decision table as it is', () => {
    const words = { restart: 'restarted', keep: 'stays stopped', remove: 'forgotten' };
    for (const type of ['permanent', 'transient', 'temporary'] as const) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${type}\``));
      const kinds: ExitReason[] = [{ kind: 'normal' }, { kind: 'shutdown' }, { kind: 'killed' }, { kind: 'error', error: undefined }];
      const expected = kinds.map((reason) => words[decide(type, reason)]);
      assert.deepEqual(row?.split(' | ').slice(1).join(' | ').replace(/ \|$/, '').split(' | '), expected);
    }
  });
});
