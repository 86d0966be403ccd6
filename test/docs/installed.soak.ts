import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { transform } from 'esbuild';
import { node, program, tool } from '../homes/installed.ts';
import { startRedis, withoutRedis } from '../redis.ts';
import { type Example, examplesOf } from './examples.ts';
import { blocks, page, pages } from './markdown.ts';

/** The `tsconfig.json` that getting started has its readers write. */
const tsconfig = blocks(page('docs/getting-started.md')).find(({ info }) => info[0] === 'json')!.text;

/** Programs of a page, by the directory that their files share. */
function programsOf(examples: readonly Example[]): Map<string, Example[]> {
  const found = new Map<string, Example[]>();
  for (const example of examples.filter(({ kind }) => kind !== 'fragment')) {
    const folder = example.file.split('/').slice(0, 2).join('-');
    found.set(folder, [...(found.get(folder) ?? []), example]);
  }
  return found;
}

const nameOf = ({ file }: Example): string => file.split('/').at(-1)!;
const compiled = (name: string): string => name.replace(/\.([cm]?)ts$/, '.$1js');

/** What a reader writes who leaves the types out. Nothing is made older. */
async function withoutTypes(text: string): Promise<string> {
  return (await transform(text, { loader: 'ts', target: 'esnext', tsconfigRaw: {} })).code;
}

/** A folder with the files of a page, as the reader of its TypeScript or its JavaScript has them; and where each file is that can be run. */
async function followed(
  name: string,
  examples: readonly Example[],
  typescript: boolean,
): Promise<{ folder: string; at: (example: Example) => string }> {
  const isTyped = (example: Example): boolean => /\.[cm]?ts$/.test(nameOf(example));
  const files: Record<string, string> = { 'package.json': '{ "type": "module" }' };
  for (const example of examples) {
    if (typescript || !isTyped(example)) files[nameOf(example)] = example.text;
    else files[compiled(nameOf(example))] = await withoutTypes(example.text);
  }
  if (typescript) files['tsconfig.json'] = tsconfig;
  const folder = await program(`page-${name}-${typescript ? 'ts' : 'js'}`, files);
  if (typescript) {
    const { code, out } = await node(folder, tool('typescript/bin/tsc'));
    assert.equal(code, 0, out);
  }
  return { folder, at: (example) => (typescript && isTyped(example) ? `dist/${compiled(nameOf(example))}` : compiled(nameOf(example))) };
}

describe('every program of the docs runs in a folder of its own, with the packed package', () => {
  for (const each of pages())
    for (const [name, examples] of programsOf(examplesOf(each))) {
      const forms = examples.some(({ file }) => /\.[cm]?ts$/.test(file)) ? [true, false] : [false];
      for (const typescript of forms)
        it(`${each.path}: ${name}, as ${typescript ? 'TypeScript' : 'JavaScript'}`, {
          skip: examples.some(({ redis }) => redis) && withoutRedis,
        }, async () => {
          const redis = examples.some((example) => example.redis) ? await startRedis() : undefined;
          try {
            const { folder, at } = await followed(name, examples, typescript);
            for (const example of examples.filter(({ kind }) => kind === 'run')) {
              const { code, out, err } = await node(
                folder,
                ...(redis === undefined ? [] : ['--import', `data:text/javascript,process.env.REDIS_URL='${redis.url}'`]),
                at(example),
              );
              assert.equal(code, 0, `${example.page}:${example.line}\n${out}${err}`);
              if (example.output !== undefined) assert.equal(out, example.output);
            }
          } finally {
            await redis?.stop();
          }
        });
    }
});
