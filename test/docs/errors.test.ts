import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as batch from '../../src/batch/index.ts';
import { FAILURE_KINDS } from '../../src/core/failure.ts';
import * as faults from '../../src/faults/index.ts';
import * as main from '../../src/index.ts';
import * as observe from '../../src/observe/index.ts';
import * as server from '../../src/server/index.ts';
import * as supervision from '../../src/supervision/index.ts';
import { codes, page, pages, root, rows } from './markdown.ts';

/** Codes of Node's own that are only recognized. */
const NODES = new Set([
  'ERR_MODULE_NOT_FOUND',
  'ERR_REQUIRE_ASYNC_MODULE',
  'ERR_REQUIRE_CYCLE_MODULE',
  'ERR_REQUIRE_ESM',
  'ERR_STREAM_DESTROYED',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_WORKER_INIT_FAILED',
  'ERR_WORKER_INVALID_EXEC_ARGV',
]);

const inCode = new Set<string>();
for (const name of readdirSync(`${root}src`, { recursive: true })) {
  if (!/\.c?ts$/.test(String(name))) continue;
  for (const [code] of readFileSync(`${root}src/${name}`, 'utf8').matchAll(/(?<=['"`])ERR_[A-Z0-9_]+(?=['"`])/g)) {
    if (!NODES.has(code)) inCode.add(code);
  }
}

const docs = page('docs/errors.md');
const isCode = (text: string): boolean => /^ERR_[A-Z0-9_]+$/.test(text);

describe('docs/errors.md', () => {
  it('has a row for every error code, or another page has it', () => {
    const documented = new Set(pages().flatMap((one) => rows(one).flatMap((row) => codes(row.code))));
    assert.deepEqual(
      [...inCode].filter((code) => !documented.has(code)),
      [],
      'codes that no page has a row for',
    );
  });

  it('names, as every page does, only codes that exist', () => {
    for (const one of pages()) {
      for (const [code] of one.text.matchAll(/\bERR_[A-Z0-9_]+\b/g))
        assert.ok(inCode.has(code) || NODES.has(code), `${one.path} tells of ${code}`);
    }
  });

  it('has no code twice', () => {
    const all = rows(docs)
      .flatMap((row) => codes(row.code))
      .filter(isCode);
    assert.deepEqual(all, [...new Set(all)]);
  });

  it('has every error class that can be imported, and no other', () => {
    const exported = Object.entries({ ...main, ...supervision, ...batch, ...faults, ...observe, ...server });
    const classes = exported.filter(([, value]) => typeof value === 'function' && value.prototype instanceof Error).map(([name]) => name);
    const documented = rows(docs)
      .flatMap((row) => codes(row.class))
      .filter((name) => name !== 'TypeError');
    assert.deepEqual([...new Set(documented)].sort(), classes.filter((name) => name !== 'HoldfastError').sort());
  });

  it('has every failure kind, and no other', () => {
    assert.deepEqual(
      rows(docs, 'Failure kinds').flatMap((row) => codes(row.kind)),
      FAILURE_KINDS,
    );
  });
});
