import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InOrder } from '../../src/batch/journal/in-order.ts';
import { jsonProblem } from '../../src/batch/journal/json-value.ts';
import { deadLetter, indexOfRecord, indexOfUntrusted, resultRecord, ValueNotJsonError } from '../../src/batch/journal/record.ts';
import { OpenLine } from '../../src/batch/lines/open-line.ts';

const line = new OpenLine(3, 4, undefined, 'json', '{ "a" : 1 }');

test('a value that JSON can hold is kept, one that it would change is a failure that names the place', () => {
  const held: [value: unknown, json: string][] = [
    [null, 'null'],
    [-0, '0'],
    [{ a: undefined, b: [1, 'ü'] }, '{"b":[1,"ü"]}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [Object.create(null), '{}'],
  ];
  for (const [value, json] of held) assert.equal(resultRecord(line, value), `{"index":3,"value":${json}}\n`);
  assert.equal(resultRecord(line, undefined), '{"index":3}\n');
  const circle: unknown[] = [];
  circle.push(circle);
  const changed: [value: unknown, problem: RegExp][] = [
    [Number.NaN, /value is NaN/],
    [{ a: [0, Number.POSITIVE_INFINITY] }, /value\.a\[1\] is Infinity/],
    [[undefined], /value\[0\] is undefined/],
    [10n, /value is a bigint/],
    [{ f: () => {} }, /value\.f is a function/],
    [new Map(), /value is a Map/],
    [{ s: new Set() }, /value\.s is a Set/],
    [new Uint8Array(2), /value is a Uint8Array/],
    [/x/, /value is a RegExp/],
    [new Error('x'), /value is a Error/],
    [new Date(Number.NaN), /invalid Date/],
    [circle, /circle, too deep or too long/],
  ];
  for (const [value, problem] of changed)
    assert.throws(
      () => resultRecord(line, value),
      (error) => error instanceof ValueNotJsonError && problem.test(error.message),
    );
  assert.equal(jsonProblem({ deep: { er: [{ x: 1 }] } }), undefined);
});

test('a dead letter keeps the input as it stood, the error with its causes, and the attempts', () => {
  const cause = Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
  const error = new TypeError('no answer', { cause });
  const attempts = [{ attempt: 1, replica: 0, slot: 1, threadId: 5, kind: 'error' as const, startedAt: 0, ms: 1.23456, error }];
  const text = deadLetter(line, 'error', error, attempts);
  assert.ok(
    text.startsWith('{"index":3,"line":4,"input":{ "a" : 1 },"kind":"error","error":{"name":"TypeError","message":"no answer","stack":'),
  );
  const letter = JSON.parse(text);
  assert.deepEqual([letter.error.cause.message, letter.error.cause.code], ['down', 'ECONNREFUSED']);
  const { error: short, ...attempt } = letter.attempts[0];
  assert.deepEqual(attempt, {
    attempt: 1,
    replica: 0,
    slot: 1,
    threadId: 5,
    kind: 'error',
    startedAt: '1970-01-01T00:00:00.000Z',
    ms: 1.235,
  });
  assert.deepEqual(short, { name: 'TypeError', message: 'no answer' });
});

test('whatever a task throws can stand in a dead letter', () => {
  const hostile = {
    get message() {
      throw new Error('no');
    },
  };
  const endless: { self?: unknown } = {};
  endless.self = endless;
  for (const thrown of [null, undefined, 5, 'text', Symbol('s'), () => {}, hostile, endless, Object.create(null), 10n]) {
    assert.ok('thrown' in JSON.parse(deadLetter(line, 'error', thrown, [])).error, String(typeof thrown));
  }
  assert.deepEqual(JSON.parse(deadLetter(line, 'error', { code: 7 }, [])).error, { thrown: { code: 7 } });
  const long = JSON.parse(deadLetter(line, 'error', new Error('x'.repeat(10_000_000)), []));
  assert.ok(JSON.stringify(long).length < 20_000);
});

test('the index of a record is read from its first bytes, and of a torn one not at all', () => {
  const index = (text: string) => indexOfRecord(Buffer.from(text));
  assert.deepEqual([index('{"index":0}'), index('{"index":12,"value":1}'), index('{"index":9007199254740991}')], [0, 12, 2 ** 53 - 1]);
  for (const bad of [
    '',
    '{',
    '{"index":',
    '{"index":}',
    '{"index":12',
    '{"index":1 ,"a":1}',
    '{"Index":1}',
    '{"index":1e5}',
    '{"index":9007199254740992}',
  ]) {
    assert.equal(index(bad), undefined, bad);
  }
  const torn = '{"index":1,"value":"\u0000\u0000"}';
  assert.deepEqual([index(torn), indexOfUntrusted(Buffer.from(torn))], [1, undefined]);
});

test('records come out in the order of their indexes, without a gap', () => {
  const out: string[] = [];
  const order = new InOrder(5, (_, waiting) => out.push(typeof waiting === 'string' ? waiting : waiting.text));
  for (const index of [7, 5, 9, 6]) order.put(index, { to: 'results', text: `r${index}` });
  assert.deepEqual([out, order.weight], [['r5', 'r6', 'r7'], 2]);
  order.put(8, { to: 'failed', text: 'r8', kind: 'error' });
  assert.deepEqual([out, order.weight], [['r5', 'r6', 'r7', 'r8', 'r9'], 0]);
});

test('any number of records may wait for one', () => {
  const out: number[] = [];
  const order = new InOrder(3, (index, waiting) => {
    assert.equal(waiting, String(index));
    out.push(index);
  });
  for (const index of [3, 30_000, 4_100]) order.put(index, String(index));
  for (let index = 29_999; index > 4; index--) if (index !== 4_100) order.put(index, String(index));
  assert.deepEqual([out.length, order.weight > 100_000], [1, true]);
  order.put(4, '4');
  assert.deepEqual([out.length, out[0], out.at(-1), order.weight], [29_998, 3, 30_000, 0]);
});
