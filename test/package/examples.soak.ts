import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { node, program, tool } from '../homes/installed.ts';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));

/** A copy of an example in a program that has the package installed, compiled as its README says. */
async function copied(name: string): Promise<string> {
  const folder = await program(`example-${name}`, { 'package.json': '{"private":true,"type":"module"}' });
  cpSync(join(examples, name), folder, { recursive: true });
  cpSync(join(examples, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  const { code, out } = await node(folder, tool('typescript/bin/tsc'), '-p', '.');
  assert.equal(code, 0, out);
  return folder;
}

test('parse: a copy agrees with itself under faults', async () => {
  const folder = await copied('parse');
  const { code, out, err } = await node(
    folder,
    'demo.js',
    '--files',
    '20',
    '--threads',
    '2',
    fileURLToPath(new URL('../../../scripts', import.meta.url)),
  );
  assert.equal(code, 0, out + err);
  assert.match(out, /The results agree/);
});

test('vote: a copy finds the right price among wrong ones', async () => {
  const folder = await copied('vote');
  const { code, out, err } = await node(folder, 'demo.js', '--batches', '20');
  assert.equal(code, 0, out + err);
  assert.match(out, /right price, to the last bit/);
});

test('orderbook: a copy keeps its book while its threads die', async () => {
  const folder = await copied('orderbook');
  const { code, out, err } = await node(folder, 'demo.js', '--orders', '3000', '--crashes', '9');
  assert.equal(code, 0, out + err);
  assert.match(out, /The book is what the answered orders make of it/);
});

test('batch: a copy is a task module for the command line', async () => {
  const folder = await copied('batch');
  writeFileSync(join(folder, 'files.ndjson'), '{"path":"parse.js"}\n{"path":"missing.js"}\n');
  const { code, out, err } = await node(
    folder,
    '../node_modules/holdfast/dist/cli/main.js',
    'run',
    './parse.js',
    'files.ndjson',
    '-o',
    'trees.ndjson',
    '--name',
    'parseModule',
  );
  assert.equal(code, 1, out + err); // One line of two is a dead letter.
  assert.match(readFileSync(join(folder, 'trees.ndjson'), 'utf8'), /"path":"parse\.js","bytes":\d+,"nodes":\d+/);
});
