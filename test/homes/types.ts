import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { before, it } from 'node:test';
import { first, further } from '../soak.ts';
import { node, program, tool } from './installed.ts';
import { ownTool } from './own-tools.ts';
import { CONSUMER, RUNNING, WITH_XSTATE } from './types-consumer.ts';

const STRICT = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false };
/** The one that this project is made with, the oldest that is promised, and each between them. */
export const BETWEEN = ['5.5', '5.6', '5.7', '5.8', '5.9', '6.0'] as const;
type Compiler = 'typescript' | 'typescript-5.4' | `typescript-${(typeof BETWEEN)[number]}`;
interface Resolution {
  readonly options: Readonly<Record<string, string>>;
  /** What a file is called that is compiled so. */
  readonly ending: 'mts' | 'cts' | 'ts';
  readonly compilers: readonly Compiler[];
}

const ALL: readonly Compiler[] = ['typescript', 'typescript-5.4', ...BETWEEN.map((version) => `typescript-${version}` as const)];
/** From version 6 on, one way is gone and another one there in its place. */
const NEW: readonly Compiler[] = ['typescript', 'typescript-6.0'];
const RESOLUTIONS: Readonly<Record<string, Resolution>> = {
  'nodenext, ES module': { ending: 'mts', options: { module: 'nodenext' }, compilers: ALL },
  'nodenext, CommonJS': { ending: 'cts', options: { module: 'nodenext' }, compilers: ALL },
  'node16, ES module': { ending: 'mts', options: { module: 'node16' }, compilers: ALL },
  'node16, CommonJS': { ending: 'cts', options: { module: 'node16' }, compilers: ALL },
  bundler: { ending: 'mts', options: { module: 'esnext', moduleResolution: 'bundler' }, compilers: ALL },
  'bundler, modules as they are written': { ending: 'ts', options: { module: 'preserve', moduleResolution: 'bundler' }, compilers: ALL },
  'bundler, to CommonJS': { ending: 'ts', options: { module: 'commonjs', moduleResolution: 'bundler' }, compilers: NEW },
  'node10, to CommonJS': {
    ending: 'ts',
    options: { module: 'commonjs', moduleResolution: 'node10' },
    compilers: ALL.filter((compiler) => !NEW.includes(compiler)),
  },
};

let folder = '';
before(async () => {
  const endings = ['mts', 'cts', 'ts'];
  // Two files of tests are made of this one, and run side by side.
  folder = await program(`types-${basename(process.argv[1]!)}`, {
    ...Object.fromEntries(
      endings.flatMap((ending) => [
        [`consumer.${ending}`, CONSUMER],
        [`running.${ending}`, RUNNING],
        [`xstate.${ending}`, WITH_XSTATE],
      ]),
    ),
    'twice.mjs': 'export default (n) => 2 * n;\n',
    // For a compiler as old as the Node that it knows.
    'package.json': '{ "type": "commonjs" }\n',
  });
});

const compilerFile = (compiler: Compiler): string | Promise<string> =>
  BETWEEN.some((version) => compiler.endsWith(version)) ? ownTool(`${compiler}/bin/tsc`) : tool(`${compiler}/bin/tsc`);

/** With everything checked, the declarations of the package as well. */
async function compile(compiler: Compiler, file: string, options: object, outDir?: string): Promise<void> {
  const config = `tsconfig.${compiler}.${file}.${Object.values(options).join('.')}.json`;
  const to = outDir === undefined ? { noEmit: true } : { outDir };
  const compilerOptions = { target: 'es2022', lib: ['es2022', 'esnext.disposable'], types: ['node'], ...STRICT, ...options, ...to };
  writeFileSync(`${folder}/${config}`, JSON.stringify({ compilerOptions, files: [file] }));
  const { code, out } = await node(folder, await compilerFile(compiler), '-p', config);
  assert.equal(code, 0, out);
}

/** The same program, compiled so, runs. What leaves modules as they are is for a bundler. */
async function runs(compiler: Compiler, { ending, options }: Resolution): Promise<void> {
  const made = `${compiler}-${Object.values(options).join('-')}-${ending}`;
  await compile(compiler, `running.${ending}`, options, made);
  const { code, out, err } = await node(folder, `${made}/running.${ending.replace('ts', 'js')}`);
  assert.deepEqual([code, out], [0, '42 function function function function\n'], err);
}

/** One test for each way to resolve modules that this compiler has; outside of a soak for the first. */
export function checkedBy(compiler: Compiler): void {
  for (const [name, resolution] of first(1, Object.entries(RESOLUTIONS))) {
    if (!resolution.compilers.includes(compiler)) continue;
    it(name, () => compile(compiler, `consumer.${resolution.ending}`, resolution.options));
    further(`${name}, with XState`, () => compile(compiler, `xstate.${resolution.ending}`, { ...resolution.options, skipLibCheck: true }));
    if (resolution.options.module !== 'preserve') further(`${name}, run`, () => runs(compiler, resolution));
  }
}
