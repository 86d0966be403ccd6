import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { createContext, runInContext, runInThisContext } from 'node:vm';
import { isPlainJson } from '../../../src/core/wire/plain-json.ts';
import { comparison } from '../../../src/policies/redundancy/compare.ts';
import { failure, MISDEEDS, open } from '../stage.ts';

// A test runner loads the package in a realm of its own; what Node makes, such as the messages of a thread, comes from another one.
const realm = createContext({ EventTarget, Event, URL });
const foreign = (code: string): unknown => runInContext(code, realm);

describe('plain objects of another realm', () => {
  const exactly = comparison('exact');
  for (const code of [
    '({ a: 1, b: [{ c: 2 }] })',
    'Object.create(null)',
    '[1, { a: [] }]',
    'new Map([[{ a: 1 }, new Set([1])]])',
    'new Date(7)',
    '/a/g',
  ]) {
    it(`are compared by what is in them: ${code}`, () => {
      assert.equal(exactly(foreign(code), runInThisContext(code)), true);
    });
  }
  it('and instances of a class are still refused', () => {
    for (const code of ['new (class Point { x = 1 })()', 'new Promise(() => {})']) {
      assert.throws(() => exactly(foreign(code), foreign(code)), /has no structure that can be compared/);
    }
  });
  it('are plain for JSON too', () => {
    assert.equal(isPlainJson(foreign('({ a: [{ b: null }] })')), true);
    assert.equal(isPlainJson(foreign('new (class Point { x = 1 })()')), false);
  });
});

/** What jsdom or a polyfill gives for an AbortController: no instance of Node's class. */
class ForeignController {
  readonly signal = Object.assign(new (foreign('EventTarget') as typeof EventTarget)(), { aborted: false, reason: undefined as unknown });

  abort(reason: unknown): void {
    Object.assign(this.signal, { aborted: true, reason });
    this.signal.dispatchEvent(new Event('abort'));
  }
}

test('a signal is what can be aborted and listened to', async (t) => {
  const pool = open(t);
  const controller = new ForeignController();
  assert.ok(!((controller.signal as unknown) instanceof AbortSignal));
  const signal = controller.signal as unknown as AbortSignal;
  const run = failure(pool.run(undefined as never, { name: 'neverSettle', signal }));
  const mapped = failure(pool.map([undefined as never], { name: 'neverSettle', signal }).next());
  controller.abort('enough');
  assert.deepEqual([(await run).code, (await run).cause, (await mapped).code], ['ERR_TASK_ABORTED', 'enough', 'ERR_TASK_ABORTED']);
  assert.equal((await failure(pool.run(1, { signal }))).code, 'ERR_TASK_ABORTED');
  for (const bad of [{}, { aborted: false }, { addEventListener() {}, removeEventListener() {} }]) {
    assert.equal((await failure(pool.run(1, { signal: bad as never }))).code, 'ERR_INVALID_OPTION');
  }
});

test('a URL is what has an href', async (t) => {
  const url = { href: MISDEEDS.href, protocol: 'file:' };
  const pool = open(t, { filename: url as URL });
  assert.equal(await pool.run(1), 1);
  assert.throws(() => open(t, { filename: { href: 'http://127.0.0.1/task.js', protocol: 'http:' } as URL }), {
    code: 'ERR_INVALID_OPTION',
  });
});
