import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { program } from './installed.ts';
import { jest, RUNNER_FILES, tsJest, vitest } from './runners.ts';

// The package as it is published, in the test runners that people have. Each is a process that takes seconds.
let folder = '';
before(async () => {
  folder = await program('runners', RUNNER_FILES);
});

const passes = ({ code, out, err }: { code: number; out: string; err: string }): void => assert.equal(code, 0, `${out}\n${err}`);

test('Jest, required', async () => passes(await jest(folder, 'jest.required.test.cjs')));
test('Jest, imported', async () => passes(await jest(folder, 'jest.imported.test.mjs', '--experimental-vm-modules')));
test('Jest in jsdom', async () => passes(await jest(folder, 'jest.jsdom.test.cjs')));
for (const form of ['required', 'imported'] as const) {
  test(`ts-jest, ${form}`, async () => passes(await tsJest(await program(`ts-jest-${form}`, RUNNER_FILES), form)));
}
for (const pool of ['threads', 'forks', 'vmThreads'] as const) test(`vitest in ${pool}`, async () => passes(await vitest(folder, pool)));
