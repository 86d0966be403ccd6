import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startRedis, withoutRedis } from '../redis.ts';
import { drawn, SOAK } from '../soak.ts';
import { compile, type Example, examplesOf, run } from './examples.ts';
import { pages } from './markdown.ts';

/** What a newcomer reads first. Of the first page two examples are run each time, others in each run, and all pages in the soak. All of it is compiled each time. */
const READ_FIRST = ['README.md', 'docs/getting-started.md'];

const title = ({ page, line, file }: Example): string => `${page}:${line} (${file.split('/').at(-1)})`;

describe('the examples of the README and the docs', () => {
  const examples = pages()
    .filter(({ path }) => path === 'README.md' || path.startsWith('docs/'))
    .flatMap(examplesOf);
  const workshop = compile(examples);
  after(() => workshop.remove());

  it('are there', () => {
    assert.ok(examples.filter(({ kind, page }) => kind === 'run' && READ_FIRST.includes(page)).length >= 4);
    assert.ok(examples.filter(({ kind }) => kind === 'run').length >= 30);
  });

  it('compile, with all types', () => assert.deepEqual(workshop.problems, []));

  const runs = examples.filter(({ kind }) => kind === 'run');
  const firstPage = drawn(
    2,
    runs.filter(({ page }) => page === READ_FIRST[0]),
  );
  for (const example of SOAK ? runs : firstPage) {
    it(`run: ${title(example)}`, { skip: example.redis ? withoutRedis : false }, async () => {
      const redis = example.redis ? await startRedis() : undefined;
      try {
        const printed = run(workshop, example, redis === undefined ? {} : { REDIS_URL: redis.url });
        if (example.output !== undefined) assert.equal(printed, example.output);
      } finally {
        await redis?.stop();
      }
    });
  }
});
