import { isUtf8 } from 'node:buffer';
import { messageOf } from '../../core/foreign/message.ts';
import type { OpenLine } from './open-line.ts';

export type BadLineCode =
  | 'ERR_LINE_NOT_JSON'
  | 'ERR_LINE_NOT_UTF8'
  | 'ERR_LINE_TOO_LONG'
  | 'ERR_LINE_NOT_DEAD_LETTER'
  | 'ERR_LINE_NOT_EXACT'
  | 'ERR_LINE_NOT_CSV';

/** A line of input that is no task; it becomes a dead letter of kind `input`, and stops nothing. */
export class BadLineError extends Error {
  readonly code: BadLineCode;

  constructor(code: BadLineCode, message: string) {
    super(message);
    this.code = code;
  }

  static {
    BadLineError.prototype.name = 'BadLineError';
  }
}

function tooLong(bytes: number, maxLine: number): BadLineError {
  const advice = 'Raise it, or keep large data in files and pass their paths.';
  return new BadLineError('ERR_LINE_TOO_LONG', `The line has ${bytes} bytes, and the limit (maxLine) is ${maxLine}. ${advice}`);
}

function notUtf8(): BadLineError {
  return new BadLineError('ERR_LINE_NOT_UTF8', 'Expected UTF-8. The bytes of the line are kept in base64.');
}

/** A line with a number that would be another one after `JSON.parse`. */
export function notExact(line: OpenLine, number: string): BadLineError {
  line.form = 'raw';
  const message = `The number ${number} has more digits than a number of JavaScript keeps: it would be ${Number(number)}. Put it in a string.`;
  return new BadLineError('ERR_LINE_NOT_EXACT', message);
}

/** The value of a line's text, or why the text is not valid. */
export function parseText(line: OpenLine): unknown {
  try {
    return JSON.parse(line.text);
  } catch (error) {
    line.form = 'raw';
    const why = messageOf(error);
    return new BadLineError('ERR_LINE_NOT_JSON', `Expected one JSON value in the line. ${why}.`);
  }
}

/** Whether the caller may have forgotten to say that the input is dead letters. */
export function looksLikeLetter(value: unknown): boolean {
  const record = value as Record<string, unknown> | null;
  if (typeof record !== 'object' || record === null) return false;
  return Number.isSafeInteger(record.index) && typeof record.kind === 'string' && Array.isArray(record.attempts);
}

/** Takes the input out of a dead letter, which stays recognisable as the line it was at first. */
function unwrap(line: OpenLine, letter: unknown, maxLine: number): unknown {
  const record = letter as Record<string, unknown> | null;
  if (typeof record !== 'object' || record === null || !Number.isSafeInteger(record.index) || typeof record.kind !== 'string') {
    return notALetter(line);
  }
  line.origin = (record.origin ?? record.index) as number;
  if (Object.hasOwn(record, 'input')) {
    line.text = JSON.stringify(record.input);
    return record.input;
  }
  if (typeof record.raw === 'string') {
    line.text = record.raw;
    if (typeof record.bytes !== 'number') return parseText(line);
    line.form = 'cut';
    line.bytes = record.bytes;
    return tooLong(line.bytes, maxLine);
  }
  if (typeof record.base64 !== 'string') return notALetter(line);
  const bytes = Buffer.from(record.base64, 'base64');
  const isText = isUtf8(bytes);
  line.form = isText ? 'json' : 'bytes';
  line.text = isText ? bytes.toString() : record.base64;
  return isText ? parseText(line) : notUtf8();
}

function notALetter(line: OpenLine): BadLineError {
  line.form = 'raw';
  const message = 'Expected a dead letter, with index, kind and input, because deadLetters is on. Feed other lines to a job of their own.';
  return new BadLineError('ERR_LINE_NOT_DEAD_LETTER', message);
}

/**
 * The value of a line, or a `BadLineError` (which no JSON can be). Notes in `line` what its dead letter would have to
 * keep.
 */
export function parseLine(line: OpenLine, maxLine: number, deadLetters: boolean): unknown {
  if (line.form === 'cut') return tooLong(line.bytes, maxLine);
  if (line.form === 'bytes') return notUtf8();
  if (line.form === 'row') {
    line.form = 'raw';
    return new BadLineError('ERR_LINE_NOT_CSV', 'Expected as many fields as the first row of the file has names, and closed quotes.');
  }
  const value = parseText(line);
  return deadLetters && !(value instanceof BadLineError) ? unwrap(line, value, maxLine) : value;
}
