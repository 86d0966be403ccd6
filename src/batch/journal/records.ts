import { inspect } from 'node:util';
import type { OpenLine } from '../lines/open-line.ts';
import { jsonProblem } from './json-value.ts';

/** One failed attempt, as dead letters keep it. */
export interface LetterAttempt {
  readonly attempt: number;
  readonly replica: number;
  readonly slot: number;
  readonly threadId: number;
  readonly kind: string;
  readonly startedAt: number;
  readonly ms: number;
  readonly error: unknown;
}

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
    case 'raw':
      return `"raw":${JSON.stringify(text)}`;
    case 'bytes':
      return `"base64":"${text}"`;
    case 'cut':
      return `"raw":${JSON.stringify(text)},"bytes":${bytes}`;
  }
}

/** The line of a dead letter: `{"index":…,"line":…,"input":…,"kind":…,"error":…,"attempts":[…]}`. */
export function deadLetter(line: OpenLine, kind: string, error: unknown, attempts: readonly LetterAttempt[]): string {
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
