import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node, tool } from './installed.ts';
import { EXPECTED, SCENARIO, TASK_FILES } from './scenario.ts';

const expectation = `expect(await scenario(holdfast, filename)).toBe(${JSON.stringify(EXPECTED)})`;
/** What runners make of fake timers does not disturb a pool that is used meanwhile. */
const asked = `${SCENARIO}
it('runs', async () => { ${expectation}; });
it('gives what can be compared', async () => {
  const pool = new holdfast.Pool({ filename, threads: 1 });
  expect(await pool.run({ a: [1, { b: 'c' }] })).toEqual({ a: [1, { b: 'c' }] });
  expect((await pool.run({ at: new Date(7) })).at.getTime()).toBe(7);
  await expect(pool.run('x', { name: 'fail' })).rejects.toThrow(RangeError);
  await expect(pool.run(1, { timeout: 0 })).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
  await pool.close();
});
`;

/** In TypeScript: what is wrong about a call is an error of the transform. */
const typed = (filename: string): string => `import { expect, it } from '@jest/globals';
import * as holdfast from 'holdfast';
import { context } from 'holdfast/worker';
const filename = ${filename};
it('is checked', async () => {
  const pool = new holdfast.Pool<{ sum: (list: number[]) => number }>({ filename, threads: 1 });
  const sum: number = await pool.run([1, 2], { name: 'sum' });
  expect([sum, typeof context]).toEqual([3, 'function']);
  // @ts-expect-error it has no such export
  await expect(pool.run([1], { name: 'smu' })).rejects.toThrow('smu');
  await pool.close();
});
${asked}`;

/** Tests as people write them for each runner. */
export const RUNNER_FILES: Readonly<Record<string, string>> = {
  ...TASK_FILES,
  'jest.required.test.cjs': `const holdfast = require('holdfast');
for (const entry of ['batch', 'faults', 'plan', 'supervision', 'worker']) require('holdfast/' + entry);
const filename = require('node:path').join(__dirname, 'task.cjs');
${asked}`,
  'jest.imported.test.mjs': `import * as holdfast from 'holdfast';
const filename = new URL('./task.mjs', import.meta.url);
${asked}`,
  'jest.jsdom.test.cjs': `/** @jest-environment jsdom */
const holdfast = require('holdfast');
const filename = require('node:path').join(__dirname, 'task.cjs');
it('is in jsdom', () => expect(document.createElement('p').tagName).toBe('P'));
${asked}`,
  'required.ts-jest.test.ts': typed("require('node:path').join(__dirname, 'task.cjs')"),
  'imported.ts-jest.test.ts': typed("new URL('./task.mjs', import.meta.url)"),
  'vitest.test.mjs': `import { expect, it } from 'vitest';
import * as holdfast from 'holdfast';
const filename = new URL('./task.mjs', import.meta.url);
${asked}`,
};

/** Runs one of them. */
export async function jest(folder: string, file: string, ...flags: string[]) {
  const config = JSON.stringify({
    testMatch: [`**/${file}`],
    testEnvironment: 'node',
    transform: {},
    moduleFileExtensions: ['js', 'cjs', 'mjs', 'json'],
  });
  return node(folder, ...flags, tool('jest/bin/jest.js'), '--runInBand', '--no-cache', '--rootDir', '.', '--config', config);
}

/** ts-jest takes the TypeScript that it finds from where it is, and needs one that has an interface for programs. */
export async function tsJest(folder: string, form: 'required' | 'imported') {
  mkdirSync(join(folder, 'node_modules'));
  cpSync(tool('ts-jest'), join(folder, 'node_modules/ts-jest'), { recursive: true });
  symlinkSync(tool('typescript-5.4'), join(folder, 'node_modules/typescript'));
  const esm = form === 'imported';
  const compilerOptions = {
    target: 'es2022',
    ...(esm ? { module: 'esnext', moduleResolution: 'bundler' } : { module: 'commonjs', moduleResolution: 'node10' }),
    noImplicitAny: false,
    types: ['node'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const config = JSON.stringify({
    testMatch: [`**/${form}.ts-jest.test.ts`],
    testEnvironment: 'node',
    transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json', useESM: esm }] },
    ...(esm ? { extensionsToTreatAsEsm: ['.ts'] } : {}),
  });
  const flags = esm ? ['--experimental-vm-modules'] : [];
  return node(folder, ...flags, tool('jest/bin/jest.js'), '--runInBand', '--no-cache', '--rootDir', '.', '--config', config);
}

export async function vitest(folder: string, pool: 'threads' | 'forks' | 'vmThreads', ...options: string[]) {
  return node(folder, tool('vitest/vitest.mjs'), 'run', '--root', '.', `--pool=${pool}`, ...options, 'vitest.test.mjs');
}
