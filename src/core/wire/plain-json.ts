/**
 * What a task gave for a line of JSON, on its way from its thread: the JSON text of its result where that says it all;
 * undefined as it is; `null` if the line was no JSON and no task was run; else the result itself, for callers that look
 * closer.
 */
export type LineOutcome = string | undefined | null | { readonly value: unknown };

/** What came of one call of the task: of its line, or of each of its lines. */
export type CallOutcome = LineOutcome | readonly LineOutcome[];

/** The same with a receipt: start in milliseconds since 1970, milliseconds that the call took, number of the attempt. */
export type TimedOutcome = readonly [outcome: CallOutcome, startedAt: number, ms: number, attempt: number];

// Taken before code of the user can put something in their place: see intrinsics.ts.
const { getPrototypeOf, keys, prototype: objectPrototype } = Object;
const { isArray } = Array;
const isNumber = Number.isFinite;

/** Made from nothing but braces, in whatever realm, or without a prototype: JSON and structured clone see the same in it. */
export function isPlain(value: object): boolean {
  const prototype = getPrototypeOf(value);
  return prototype === objectPrototype || prototype === null || getPrototypeOf(prototype) === null;
}

/** Whether a value would surely come back from JSON as what it was, undefined properties left out. False is no verdict. */
export function isPlainJson(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return isNumber(value);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isPlainJson(value[i])) return false;
    return true;
  }
  if (!isPlain(value)) return false;
  const names = keys(value);
  for (let i = 0; i < names.length; i++) {
    const inner = (value as Record<string, unknown>)[names[i]!];
    if (inner !== undefined && !isPlainJson(inner)) return false;
  }
  return true;
}

/** What a task has done wrong that was called with several inputs and did not return an array with a result for each. */
export function notOneEach(inputs: number, results: unknown): TypeError {
  const got = isArray(results) ? `an array of ${results.length}` : typeof results;
  return new TypeError(`Expected an array with a result for each of the ${inputs} inputs of the call (batch), got ${got}.`);
}
