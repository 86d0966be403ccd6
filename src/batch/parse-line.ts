import { isUtf8 } from 'node:buffer';
import type { InputLine } from './line-splitter.ts';
import type { LetterInput } from './records.ts';

/** What a line of input that is not blank turned out to be. */
export type ParsedLine =
  | { readonly form: 'task'; readonly value: unknown; readonly input: LetterInput; readonly origin: number | undefined }
  | { readonly form: 'bad'; readonly error: BadLineError; readonly input: LetterInput; readonly origin: number | undefined };

export type BadLineCode = 'ERR_LINE_NOT_JSON' | 'ERR_LINE_NOT_UTF8' | 'ERR_LINE_TOO_LONG' | 'ERR_LINE_NOT_DEAD_LETTER';

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

/** A line of nothing but spaces and tabs is no line: it has no index and no record. */
export function isBlank(line: InputLine): boolean {
  if (line.form === 'cut') return false;
  for (const byte of line.bytes) if (byte !== 0x20 && byte !== 0x09) return false;
  return true;
}

function bad(code: BadLineCode, message: string, input: LetterInput, origin?: number): ParsedLine {
  return { form: 'bad', error: new BadLineError(code, message), input, origin };
}

function parseText(text: string, origin?: number): ParsedLine {
  try {
    return { form: 'task', value: JSON.parse(text), input: { form: 'json', text }, origin };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return bad('ERR_LINE_NOT_JSON', `Expected one JSON value in the line. ${why}.`, { form: 'raw', text }, origin);
  }
}

function tooLong(maxLine: number, head: string, bytes: number, origin?: number): ParsedLine {
  const message = `The line has ${bytes} bytes, and the limit (maxLine) is ${maxLine}. Raise it, or keep large data in files and pass their paths.`;
  return bad('ERR_LINE_TOO_LONG', message, { form: 'cut', text: head, bytes }, origin);
}

/** Takes the input out of a dead letter. */
function unwrap(letter: ParsedLine & { form: 'task' }, maxLine: number): ParsedLine {
  const record = letter.value as Record<string, unknown> | null;
  const text = letter.input.form === 'json' ? letter.input.text : '';
  const isLetter = typeof record === 'object' && record !== null && Number.isSafeInteger(record.index) && typeof record.kind === 'string';
  const first = isLetter ? ((record.origin ?? record.index) as number) : undefined;
  if (isLetter && Object.hasOwn(record, 'input')) {
    return { form: 'task', value: record.input, input: { form: 'json', text: JSON.stringify(record.input) }, origin: first };
  }
  if (isLetter && typeof record.bytes === 'number' && typeof record.raw === 'string')
    return tooLong(maxLine, record.raw, record.bytes, first);
  if (isLetter && typeof record.raw === 'string') return parseText(record.raw, first);
  if (isLetter && typeof record.base64 === 'string') return parseBytes(Buffer.from(record.base64, 'base64'), first);
  const message = 'Expected a dead letter, with index, kind and input, because deadLetters is on. Feed other lines to a job of their own.';
  return bad('ERR_LINE_NOT_DEAD_LETTER', message, { form: 'raw', text });
}

function parseBytes(bytes: Buffer, origin?: number): ParsedLine {
  if (isUtf8(bytes)) return parseText(bytes.toString(), origin);
  const input: LetterInput = { form: 'bytes', base64: bytes.toString('base64') };
  return bad('ERR_LINE_NOT_UTF8', 'Expected UTF-8. The bytes of the line are kept in base64.', input, origin);
}

/** Reads one line of input that is not blank: a task, or a bad line. */
export function parseLine(line: InputLine, maxLine: number, deadLetters: boolean): ParsedLine {
  if (line.form === 'cut') return tooLong(maxLine, line.head.toString(), line.length);
  const parsed = parseBytes(line.bytes);
  return deadLetters && parsed.form === 'task' ? unwrap(parsed, maxLine) : parsed;
}
