import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { oneIn } from '../soak.ts';
import { compile, examplesOf } from './examples.ts';

const it = oneIn(3, import.meta.url);

describe('the reader of examples', () => {
  const page = (text: string) => examplesOf({ path: 'docs/x.md', text });

  it('knows files, runs with their output, fragments, and what is no code', () => {
    const found = page(
      '# X\n```ts file=a.ts\n1;\n```\n\n```js file=b.js run\n2;\n```\n```text output\n2\n```\n```ts\n3;\n```\n```sh\nrm\n```\n',
    );
    assert.deepEqual(
      found.map(({ file, kind, output, line }) => ({ file, kind, output, line })),
      [
        { file: 'docs-x/0/a.ts', kind: 'file', output: undefined, line: 3 },
        { file: 'docs-x/0/b.js', kind: 'run', output: '2\n', line: 7 },
        { file: 'docs-x/0/fragment-13.ts', kind: 'fragment', output: undefined, line: 13 },
      ],
    );
  });

  it('begins anew when a file comes a second time', () => {
    const found = page('```ts file=a.ts\n1;\n```\n```ts file=a.ts\n2;\n```\n```ts file=b.ts\n3;\n```\n');
    assert.deepEqual(
      found.map(({ file }) => file),
      ['docs-x/0/a.ts', 'docs-x/1/a.ts', 'docs-x/1/b.ts'],
    );
  });

  it('refuses an output that nothing printed, and a fence that is never closed', () => {
    assert.throws(() => page('```text output\n2\n```\n'), /without a run/);
    assert.throws(() => page('```ts\n2\n'), /never closed/);
  });

  const problems = (text: string): string[] => {
    const bad = compile(page(text));
    bad.remove();
    return bad.problems.map((problem) => problem.slice(0, 'docs/x.md:2: TS2322'.length));
  };

  it('finds what does not compile, and where; a fragment may leave names open but not be wrong', () => {
    const file = "```ts file=a.ts\nexport const n: number = 'x';\n```\n";
    const fragment = '```ts\nawait pool.run(task, { timeout: 5 });\nawait pool.run(1, { timeuot: 5 });\n```\n';
    assert.deepEqual(problems(file + fragment), ['docs/x.md:2: TS2322', 'docs/x.md:6: TS2769']);
  });

  it('finds what is no code at all', () => {
    assert.match(problems('```ts\nconst = 3;\n```\n').join(), /^docs\/x\.md:2: TS1/);
  });
});
