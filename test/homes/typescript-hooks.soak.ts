import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { node } from './installed.ts';
import { programWithTools } from './own-tools.ts';

/** Runs a task module in a thread and in a cell, and prints what came of it. */
const MAIN = `import { Pool } from 'holdfast';
const outcomes = [];
for (const isolation of ['thread', 'process']) {
  const pool = new Pool({ filename: new URL('./task.ts', import.meta.url), isolation, threads: 1, spares: 0, startupTimeout: 60_000 });
  const told = (error) => error.message;
  outcomes.push(await pool.run(6).catch(told), await pool.run(1, { name: 'plus' }).catch(told));
  await pool.close();
}
console.log(JSON.stringify(outcomes));`;

/** What Node reads by no rules of its own: an enum, and a file by the name that the tool goes by. */
const files = (helper: string): Record<string, string> => ({
  'main.mjs': MAIN,
  'helper.ts': 'export enum Size { small = 7 }\n',
  'task.ts': `import { Size } from '${helper}';
export default (n: number): number => n * Size.small;
export const plus = (n: number): number => n + Size.small;
`,
});

const babel = `require('@babel/register')({
  extensions: ['.ts', '.js'],
  presets: ['@babel/preset-typescript'],
  plugins: ['@babel/plugin-transform-modules-commonjs'],
  babelrc: false,
  configFile: false,
  cache: false,
});`;
const modules = {
  'package.json': '{ "type": "module" }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: { module: 'esnext', moduleResolution: 'bundler', target: 'es2022', allowImportingTsExtensions: true, noEmit: true },
  }),
};
const tsNode = (module: string): string =>
  JSON.stringify({ compilerOptions: { module, target: 'es2022' }, 'ts-node': { transpileOnly: true } });

const HOOKS = {
  'ts-node, required': async () => {
    const folder = await programWithTools('ts-node', { ...files('./helper'), 'tsconfig.json': tsNode('commonjs') });
    return node(folder, '-r', 'ts-node/register', 'main.mjs');
  },
  'ts-node, as a loader': async () => {
    const folder = await programWithTools('ts-node-esm', { ...files('./helper.ts'), ...modules, 'tsconfig.json': tsNode('esnext') });
    return node(folder, '--no-warnings', '--loader', 'ts-node/esm', 'main.mjs');
  },
  'swc-node, required': async () => node(await programWithTools('swc', files('./helper')), '-r', '@swc-node/register', 'main.mjs'),
  'swc-node, imported': async () => {
    const folder = await programWithTools('swc-esm', { ...files('./helper.ts'), ...modules });
    return node(folder, '--no-warnings', '--import', '@swc-node/register/esm-register', 'main.mjs');
  },
  '@babel/register, required': async () => {
    const folder = await programWithTools('babel', { ...files('./helper'), 'hook.cjs': babel });
    return node(folder, '-r', join(folder, 'hook.cjs'), 'main.mjs');
  },
};

for (const [name, run] of Object.entries(HOOKS)) {
  test(`a task module that only ${name}, can read runs in threads and cells`, async () => {
    const { code, out, err } = await run();
    assert.equal(code, 0, err);
    assert.deepEqual(JSON.parse(out), [42, 8, 42, 8]);
  });
}
