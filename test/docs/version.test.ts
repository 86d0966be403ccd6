import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { VERSION } from '../../src/core/installation.ts';
import { root } from './markdown.ts';

it('the version that metrics tell is that of the package', () => {
  assert.equal(VERSION, (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }).version);
});
