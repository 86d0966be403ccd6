import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from '../../src/index.ts';
import { failure } from '../stories/stage.ts';

test('a DOMException arrives as one, with its name, code and causes, wherever it stands', async (t) => {
  const filename = new URL('../fixtures/edges.js', import.meta.url);
  const pool = new Pool<typeof import('../fixtures/edges.ts')>({ filename, threads: 1, spares: 0 });
  t.after(() => pool.close({ force: true }));
  const check = (error: unknown, message: string): void => {
    assert.ok(error instanceof DOMException && error instanceof Error);
    assert.deepEqual([error.name, error.message, error.code], ['DataCloneError', message, DOMException.DATA_CLONE_ERR]);
    assert.match(error.stack ?? '', /edges\.js/);
    assert.deepEqual(Object.keys(error), []);
  };
  check(await failure(pool.run('DataCloneError', { name: 'throwDomException' })), 'on purpose');
  const outer = await failure(pool.run('DataCloneError', { name: 'throwAround' }));
  assert.ok(outer instanceof AggregateError);
  check(outer.cause, 'deep');
  check(outer.errors[0], 'inner');
});
