import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { type InputLine, LineSplitter } from '../../../src/batch/lines/line-splitter.ts';
import { OpenLine } from '../../../src/batch/lines/open-line.ts';
import { BadLineError, parseLine } from '../../../src/batch/lines/parse-line.ts';
import { seeded } from '../../../src/core/random.ts';

function split(chunks: Buffer[], maxLine: number): InputLine[] {
  const splitter = new LineSplitter(maxLine);
  const lines = chunks.flatMap((chunk) => splitter.push(chunk));
  const last = splitter.end();
  return last === undefined ? lines : [...lines, last];
}

/** What a line becomes, worked out the slow way. */
function expected(bytes: Buffer, maxLine: number): InputLine {
  if (bytes.length > maxLine) return { form: 'cut', text: bytes.subarray(0, 1_000).toString(), bytes: bytes.length };
  const bad = bytes.includes(0xff);
  return bad ? { form: 'bytes', text: bytes.toString('base64'), bytes: bytes.length } : bytes.toString().replace(/\r$/, '');
}

test('however the input is cut into chunks, its lines are the same', (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  const pieces = ['', 'a', '{"ü":1}', '𝄞'.repeat(9), 'x'.repeat(40), 'y'.repeat(90), 'end\r', '\u00ff'].map((text) => Buffer.from(text));
  pieces.push(Buffer.from([0x61, 0xff, 0x62]));
  for (let round = 0; round < 2_000; round++) {
    const lines = Array.from({ length: 1 + Math.floor(random() * 12) }, () => pieces[Math.floor(random() * pieces.length)]!);
    const whole = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    const input = random() < 0.5 ? whole : whole.subarray(0, -1);
    const chunks: Buffer[] = [];
    for (let at = 0; at < input.length; ) {
      const end = at + 1 + Math.floor(random() * 60);
      chunks.push(input.subarray(at, end));
      at = end;
    }
    const maxLine = random() < 0.5 ? 50 : 1_000;
    // Without a line feed behind it, an empty last line does not count.
    const counted = input === whole || lines.at(-1)!.length > 0 ? lines : lines.slice(0, -1);
    assert.deepEqual(
      split(chunks, maxLine),
      counted.map((line) => expected(line, maxLine)),
    );
  }
});

test('a mark before the first line, which some editors put there, is no part of it', () => {
  assert.deepEqual(split([Buffer.from('\ufeff{}\n\ufeff{}\n')], 100), ['{}', '\ufeff{}']);
});

test('a line of any length is counted and held in little memory', () => {
  const splitter = new LineSplitter(1_000_000);
  const chunk = Buffer.alloc(1_000_000, 'x');
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 300; i++) splitter.push(chunk);
  assert.ok(process.memoryUsage().arrayBuffers - before < 10_000_000);
  assert.deepEqual(splitter.end(), { form: 'cut', text: 'x'.repeat(1_000), bytes: 300_000_000 });
});

function parse(text: string, deadLetters = false): { value: unknown; line: OpenLine } {
  const line = new OpenLine(0, 1, undefined, 'json', text);
  return { value: parseLine(line, 1_000, deadLetters), line };
}

test('every JSON value is a task', () => {
  for (const value of [null, true, 0, -1.5e300, '', 'a', [], {}, { kind: 'x', index: 1, input: 2 }]) {
    assert.deepEqual(parse(JSON.stringify(value)).value, value);
  }
});

test('what is no JSON is a bad line that says why', () => {
  for (const text of ['{', 'undefined', '1 2', 'NaN', '{"a":1}}']) {
    const { value, line } = parse(text);
    assert.ok(value instanceof BadLineError);
    assert.equal(value.code, 'ERR_LINE_NOT_JSON');
    assert.match(value.message, /^Expected one JSON value in the line\. /);
    assert.deepEqual([line.form, line.text], ['raw', text]);
  }
});

test('a dead letter gives back its input, whatever that was', () => {
  for (const input of [null, 0, { a: [1] }, 'text']) {
    const { value, line } = parse(JSON.stringify({ index: 7, kind: 'error', input }), true);
    assert.deepEqual([value, line.origin, line.text], [input, 7, JSON.stringify(input)]);
  }
  assert.equal(parse('{"index":7,"origin":3,"kind":"error","input":1}', true).line.origin, 3);
  assert.deepEqual(parse('{"index":7,"kind":"input","raw":"{\\"a\\":1}"}', true).value, { a: 1 });
  const bytes = parse(`{"index":7,"kind":"input","base64":"${Buffer.from([0xff]).toString('base64')}"}`, true);
  assert.deepEqual([(bytes.value as BadLineError).code, bytes.line.form, bytes.line.text], ['ERR_LINE_NOT_UTF8', 'bytes', '/w==']);
  const cut = parse('{"index":7,"kind":"input","raw":"xxx","bytes":5000}', true);
  assert.deepEqual([(cut.value as BadLineError).code, cut.line.form, cut.line.bytes], ['ERR_LINE_TOO_LONG', 'cut', 5000]);
});

test('what is no dead letter is refused, where dead letters are expected', () => {
  for (const text of ['1', 'null', '[]', '{"input":1}', '{"index":1,"kind":"x"}', '{"index":1.5,"kind":"x","input":1}']) {
    assert.equal((parse(text, true).value as BadLineError).code, 'ERR_LINE_NOT_DEAD_LETTER');
  }
});
