import { inspect } from 'node:util';
import type { AttemptRecord } from '../../core/failure.ts';
import type { OpenLine } from '../lines/open-line.ts';
import { jsonProblem } from './json-value.ts';

/** A task has returned something that a line of JSON cannot hold. */
export class ValueNotJsonError extends Error {
  readonly code = 'ERR_VALUE_NOT_JSON';

  constructor(problem: string, cause?: unknown) {
    super(
      `JSON cannot hold what the task returned: ${problem}. Return strings, finite numbers, booleans, null, arrays and plain objects.`,
      {
        cause,
      },
    );
  }

  static {
    ValueNotJsonError.prototype.name = 'ValueNotJsonError';
  }
}

const STACK_LIMIT = 4_000;
const MESSAGE_LIMIT = 4_000;
const CAUSES = 5;

function clip(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}… (${text.length - limit} more characters)` : text;
}

function field(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function describe(error: unknown, depth: number, withStack: boolean): unknown {
  if (typeof error === 'object' && error !== null && (error instanceof Error || typeof field(error, 'message') === 'string')) {
    const code = field(error, 'code');
    const stack = field(error, 'stack');
    const cause = field(error, 'cause');
    return {
      name: clip(String(field(error, 'name') ?? 'Error'), 200),
      message: clip(String(field(error, 'message') ?? ''), MESSAGE_LIMIT),
      ...((typeof code === 'string' || typeof code === 'number') && { code }),
      ...(withStack && typeof stack === 'string' && { stack: clip(stack, STACK_LIMIT) }),
      ...(cause !== undefined && depth < CAUSES && { cause: describe(cause, depth + 1, withStack) }),
    };
  }
  let text: string | undefined;
  try {
    text = jsonProblem(error) === undefined ? JSON.stringify(error) : undefined;
  } catch {
    // Too deep, or in a circle: its plain text is all there is.
  }
  return { thrown: text === undefined || text.length > MESSAGE_LIMIT ? clip(text ?? inspect(error), MESSAGE_LIMIT) : JSON.parse(text) };
}

/** Name and message of an error, on one line of moderate length. */
export function shortError(error: unknown): string {
  const { name, message, thrown } = describe(error, CAUSES, false) as { name?: string; message?: string; thrown?: unknown };
  const text = name === undefined ? `thrown ${JSON.stringify(thrown)}` : `${name}: ${message}`;
  return clip(text.replace(/\s+/g, ' '), 300);
}

function head({ index, origin }: OpenLine): string {
  return origin === undefined ? `{"index":${index}` : `{"index":${index},"origin":${origin}`;
}

/** The line of a result that is JSON text already, of a line of input that was never a dead letter. */
export function plainRecord(index: number, text: string): string {
  return `{"index":${index},"value":${text}}\n`;
}

/** The line of a result that is JSON text already. */
export function textRecord(line: OpenLine, text: string): string {
  return `${head(line)},"value":${text}}\n`;
}

/**
 * The line of a result: `{"index":0,"value":…}`; a task that returned undefined has no `value`.
 * Throws `ValueNotJsonError`.
 */
export function resultRecord(line: OpenLine, value: unknown): string {
  if (value === undefined) return `${head(line)}}\n`;
  let problem: string | undefined;
  try {
    problem = jsonProblem(value);
    if (problem === undefined) return textRecord(line, JSON.stringify(value));
  } catch (error) {
    throw new ValueNotJsonError(error instanceof RangeError ? 'value is in a circle, too deep or too long' : String(error), error);
  }
  throw new ValueNotJsonError(problem);
}

function inputFields({ form, text, bytes }: OpenLine): string {
  switch (form) {
    case 'json':
      return `"input":${text}`;
    case 'row':
    case 'raw':
      return `"raw":${JSON.stringify(text)}`;
    case 'bytes':
      return `"base64":"${text}"`;
    case 'cut':
      return `"raw":${JSON.stringify(text)},"bytes":${bytes}`;
  }
}

/** The line of a dead letter: `{"index":…,"line":…,"input":…,"kind":…,"error":…,"attempts":[…]}`. */
export function deadLetter(line: OpenLine, kind: string, error: unknown, attempts: readonly AttemptRecord[]): string {
  const file = line.file === undefined ? '' : `,"file":${JSON.stringify(line.file)}`;
  const history = attempts.map((one) => ({
    attempt: one.attempt,
    replica: one.replica,
    slot: one.slot,
    threadId: one.threadId,
    kind: one.kind,
    startedAt: new Date(one.startedAt).toISOString(),
    ms: Math.round(one.ms * 1000) / 1000,
    error: describe(one.error, CAUSES, false),
  }));
  const why = `"kind":${JSON.stringify(kind)},"error":${JSON.stringify(describe(error, 0, true))},"attempts":${JSON.stringify(history)}`;
  return `${head(line)}${file},"line":${line.line},${inputFields(line)},${why}}\n`;
}

const INDEX_HEAD = '{"index":';
const ZERO = 48;

/** The index of a line of results or dead letters, read from its first bytes; undefined if it is neither. */
export function indexOfRecord(line: Buffer): number | undefined {
  if (line.at(-1) !== 0x7d || line.length < INDEX_HEAD.length + 2) return undefined;
  for (let i = 0; i < INDEX_HEAD.length; i++) if (line[i] !== INDEX_HEAD.charCodeAt(i)) return undefined;
  let index = 0;
  let at = INDEX_HEAD.length;
  for (; at < line.length; at++) {
    const digit = line[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    index = index * 10 + digit;
  }
  const ends = line[at] === 0x2c || line[at] === 0x7d;
  return ends && at > INDEX_HEAD.length && Number.isSafeInteger(index) ? index : undefined;
}

/** Like `indexOfRecord`, for a line that may be torn: the whole of it must be JSON. */
export function indexOfUntrusted(line: Buffer): number | undefined {
  const index = indexOfRecord(line);
  if (index === undefined) return undefined;
  try {
    JSON.parse(line.toString());
    return index;
  } catch {
    return undefined;
  }
}
