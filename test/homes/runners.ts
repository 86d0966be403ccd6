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

export async function vitest(folder: string, pool: 'threads' | 'forks' | 'vmThreads', ...options: string[]) {
  return node(folder, tool('vitest/vitest.mjs'), 'run', '--root', '.', `--pool=${pool}`, ...options, 'vitest.test.mjs');
}
