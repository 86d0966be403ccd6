import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startRedis, withoutRedis } from '../redis.ts';
import { compile, type Example, examplesOf, run } from './examples.ts';
import { pages } from './markdown.ts';

const title = ({ page, line, file }: Example): string => `${page}:${line} (${file.split('/').at(-1)})`;

/** Compiles every example of some pages, and runs those that say so. In files of their own, because a file of tests has a time limit. */
export function checkExamples(name: string, belongs: (path: string) => boolean): void {
  const examples = pages()
    .filter(({ path }) => belongs(path))
    .flatMap(examplesOf);
  const workshop = compile(examples);
  after(() => workshop.remove());

  describe(`the examples of ${name}`, () => {
    it('are there', () => {
      assert.ok(examples.filter(({ kind }) => kind === 'run').length >= 4);
    });

    it('compile, with all types', () => assert.deepEqual(workshop.problems, []));

    for (const example of examples.filter(({ kind }) => kind === 'run')) {
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
}
