import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as surface from '../../src/supervision/index.ts';

const run = promisify(execFile);
const root = new URL('../../../', import.meta.url);
const page = await readFile(new URL('docs/supervision.md', root), 'utf8');
const examples = [...page.matchAll(/```js run\n(.*?)```\n+```text output\n(.*?)```/gs)].map(([, code, output]) => ({
  code: code!,
  output: output!,
}));

describe('docs/supervision.md', () => {
  it('has the output of every example that is to be run', () => {
    assert.equal(examples.length, page.match(/```js run/g)?.length);
    assert.ok(examples.length >= 4);
  });

  examples.forEach(({ code, output }, i) => {
    it(`example ${i + 1} prints what the page says`, async () => {
      // Inside the package, so that it can import itself by name.
      const folder = await mkdtemp(fileURLToPath(new URL('dist/example-', root)));
      try {
        await writeFile(`${folder}/example.mjs`, code);
        const { stdout, stderr } = await run(process.execPath, [`${folder}/example.mjs`]);
        assert.equal(stdout, output);
        assert.equal(stderr, '');
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });

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
      const kinds: surface.ExitReason[] = [
        { kind: 'normal' },
        { kind: 'shutdown' },
        { kind: 'killed' },
        { kind: 'error', error: undefined },
      ];
      const expected = kinds.map((reason) => words[surface.decide(type, reason)]);
      assert.deepEqual(row?.split(' | ').slice(1).join(' | ').replace(/ \|$/, '').split(' | '), expected);
    }
  });
});
