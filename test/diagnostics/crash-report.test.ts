import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CrashReport } from '../../src/core/events.ts';
import type { Attempt } from '../../src/core/task.ts';
import { aboutTask, crashReport, type DeathFacts, MAX_REPORT_BYTES } from '../../src/diagnostics/crash-report.ts';
import { fit, jsonBytes } from '../../src/diagnostics/fit.ts';
import type { PoolThread } from '../../src/dispatch/threads/pool-thread.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';
import { CHARACTER } from '../cloneable.ts';
import { drawn, draws, SOAK } from '../soak.ts';

const thread = { slot: 1, generation: 3, threadId: 17, bornAt: 1_000, finished: 42, handle: { memory: 5_000_000 } } as PoolThread;

function guiltyOf(input: unknown, name = 'default', state: 'open' | 'settled' = 'open'): CrashReport['task'] {
  return aboutTask({ number: 2, task: { id: 9, input, state, spec: { name } } } as unknown as Attempt);
}

function facts(over: Partial<DeathFacts> = {}): DeathFacts {
  const exit: DeathFacts['exit'] = { cause: 'crash', exitCode: 1, error: new RangeError('boom'), blame: { of: 'running' } };
  return {
    thread,
    exit,
    reason: 'crash',
    task: guiltyOf({ n: 42 }),
    pool: { open: 3 },
    trail: ['12:00:00.000 ready 2 threads'],
    ...over,
  };
}

const clock = new VirtualClock({ now: 4_500, wall: 1_700_000_000_000 });
const bytes = (report: CrashReport): number => Buffer.byteLength(JSON.stringify(report));

describe('a crash report', () => {
  it('tells who died, of what, with whose task, and after what', () => {
    const { error, ...report } = crashReport(facts(), clock);
    assert.deepEqual(report, {
      time: 1_700_000_000_000,
      slot: 1,
      generation: 3,
      threadId: 17,
      reason: 'crash',
      exitCode: 1,
      task: { id: 9, name: 'default', attempt: 2, input: '{ n: 42 }' },
      thread: { age: 3_500, heapUsed: 5_000_000, finishedTasks: 42 },
      pool: { open: 3 },
      events: ['12:00:00.000 ready 2 threads'],
    });
    assert.equal(error?.name, 'RangeError');
    assert.equal(error?.message, 'boom');
    assert.match(error?.stack ?? '', /^RangeError: boom\n {4}at /);
  });

  it('has no task or error where there is none, and a signal where there is one', () => {
    const exit: DeathFacts['exit'] = { cause: 'crash', exitCode: undefined, signal: 'SIGSEGV', error: undefined, blame: { of: 'running' } };
    const report = crashReport(facts({ exit, task: undefined }), clock);
    assert.deepEqual([report.task, report.error, report.signal, report.exitCode], [undefined, undefined, 'SIGSEGV', undefined]);
  });

  it('is plain data: it can be cloned and written as JSON', () => {
    const report = crashReport(facts(), clock);
    assert.deepEqual(structuredClone(report), report);
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  });

  it('says that the input of a settled task is gone', () => {
    assert.match(crashReport(facts({ task: guiltyOf(undefined, 'default', 'settled') }), clock).task!.input, /released/);
  });

  it('stays within 16 kB when everything in it is as long and as costly as can be', () => {
    // What takes one byte, three, six where it is escaped, and half of a pair; the soak has more of each.
    for (const unit of drawn(2, ['x', '€', '\u0000', '\ud800', '😀', '"', '\\', '\n'])) {
      const long = unit.repeat(SOAK ? 50_000 : 5_000);
      const error = Object.assign(new Error(long), { name: long, stack: long });
      const exit: DeathFacts['exit'] = { cause: 'crash', exitCode: -1.5e-300, signal: long, error, blame: { of: 'running' } };
      const pool = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}${long}`, -1.2345678901234e-300]));
      const input = Array.from({ length: 1_000 }, () => ({ [long]: long }));
      const report = crashReport(facts({ exit, pool, task: guiltyOf(input, long), trail: new Array<string>(500).fill(long) }), clock);
      assert.ok(bytes(report) <= MAX_REPORT_BYTES, `${JSON.stringify(unit)}: ${bytes(report)} bytes`);
      assert.ok(bytes(report) > 8_000, `cuts more than it must: ${bytes(report)} bytes`);
      assert.equal(report.events.length, 20);
    }
  });

  it('stays within 16 kB, and does not throw, for any input and any thrown value', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true }),
        fc.anything(),
        (input, error) => {
          const exit: DeathFacts['exit'] = { cause: 'crash', exitCode: 1, error, blame: { of: 'running' } };
          return bytes(crashReport(facts({ exit, task: guiltyOf(input) }), clock)) <= MAX_REPORT_BYTES;
        },
      ),
    );
  });

  it('survives hostile inputs and thrown values', () => {
    const bomb = (): never => {
      throw new Error('user code ran');
    };
    const handler = { get: bomb, ownKeys: bomb, getPrototypeOf: bomb, getOwnPropertyDescriptor: bomb, has: bomb };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const cycle = new Error('round');
    cycle.cause = cycle;
    const badFields = Object.assign(new Error('e'), { stack: '' });
    Object.defineProperties(badFields, { message: { get: bomb }, name: { get: bomb }, stack: { get: bomb } });
    const thrown = [
      null,
      0,
      'text',
      Symbol('s'),
      10n ** 5_000n,
      bomb,
      new Proxy({}, handler),
      new Proxy(bomb, handler),
      revoked.proxy,
      cycle,
      badFields,
      {},
      { message: 7 },
    ];
    for (const value of thrown) {
      const exit: DeathFacts['exit'] = { cause: 'crash', exitCode: 1, error: value, blame: { of: 'running' } };
      const report = crashReport(facts({ exit, task: guiltyOf(value) }), clock);
      assert.equal(typeof report.error?.message, 'string');
      assert.equal(typeof report.task?.input, 'string');
      assert.ok(bytes(report) <= MAX_REPORT_BYTES);
    }
  });
});

describe('a text that has to fit', () => {
  it('is left alone if it does, and cut with a sign if it does not', () => {
    assert.equal(fit('abc', 3), 'abc');
    assert.equal(fit('abcdefghij', 8), 'abcde…');
    assert.equal(fit('\n'.repeat(100), 9), '\n\n\n…');
    assert.equal(fit(`${'a'.repeat(5)}😀😀`, 12), 'aaaaa😀…');
  });

  it('never takes more bytes than it may, and loses no more than it must', () => {
    fc.assert(
      fc.property(fc.string({ unit: CHARACTER, maxLength: 400 }), fc.integer({ min: 10, max: 300 }), (text, limit) => {
        const cut = fit(text, limit);
        if (jsonBytes(text) <= limit) return cut === text;
        return jsonBytes(cut) <= limit && text.startsWith(cut.slice(0, -1)) && cut.endsWith('…');
      }),
      { numRuns: draws(100) },
    );
  });
});
