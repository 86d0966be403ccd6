import fc from 'fast-check';
import { FROM_THREAD } from '../../src/core/wire/wire.ts';

/** Every value that a hostile thread sends as a result is one of these, so that it is known again. */
export class Forged {
  readonly forged = true;
}

const tag = fc.constantFrom(...Object.values(FROM_THREAD));
/** Mostly numbers of bundles and items that there are. */
const number = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -1, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 53, 192, 1e300) },
);
const time = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1e300, 1e300, Number.NaN, Number.POSITIVE_INFINITY) },
);
export const junk = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, 0, -1, 'toString', '__proto__', {}, [], new Uint8Array(3), new Map(), Symbol.iterator),
  fc.anything({ maxDepth: 2, withNullPrototype: true, withMap: true, withSparseArray: true }),
);
const baseName = fc.constantFrom('Error', 'TypeError', 'AggregateError', 'DOMException', 'toString', 'constructor', '__proto__', 'x');

/** Error records: right, half right, wrong, and rings of them. */
export const record: fc.Arbitrary<unknown> = fc.letrec<{ error: unknown; chain: unknown; ring: unknown }>((tie) => ({
  error: fc.oneof(
    { maxDepth: 4 },
    junk,
    fc.record({ $: fc.constant('value'), value: junk }),
    fc.record(
      {
        $: fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>('error') }, { weight: 1, arbitrary: junk }),
        base: fc.oneof(baseName, junk),
        name: fc.oneof(fc.string(), junk),
        message: fc.oneof({ weight: 5, arbitrary: fc.string() as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: junk }),
        stack: fc.oneof(fc.string(), junk),
        fields: fc.oneof(fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'stack', 'cause', 'code')), junk), junk),
        cause: fc.oneof(
          { weight: 4, arbitrary: tie('error') },
          { weight: 4, arbitrary: tie('ring') },
          { weight: 1, arbitrary: tie('chain') },
        ),
        errors: fc.oneof(
          { weight: 4, arbitrary: fc.array(tie('error'), { maxLength: 3 }) as fc.Arbitrary<unknown> },
          { weight: 4, arbitrary: junk },
          { weight: 1, arbitrary: fc.nat({ max: 2_000 }).map((length) => Array.from({ length }, (_, i) => ({ $: 'value', value: i }))) },
        ),
      },
      { requiredKeys: ['$', 'message', 'fields'] },
    ),
  ),
  chain: fc.tuple(fc.oneof(fc.nat({ max: 40 }), fc.constant(1_200)), fc.constantFrom('cause', 'errors')).map(([length, by]) => {
    let inner: unknown = { $: 'error', base: 'TypeError', message: 'the first', fields: {} };
    for (let i = 0; i < length; i++)
      inner = { $: 'error', base: 'Error', message: `${i}`, fields: {}, ...(by === 'cause' ? { cause: inner } : { errors: [inner] }) };
    return inner;
  }),
  ring: fc.string().map((message) => {
    const ring: Record<string, unknown> = { $: 'error', base: 'Error', message, fields: {} };
    ring.cause = ring;
    ring.errors = [ring, ring];
    return ring;
  }),
})).error;

const note = fc.oneof(
  fc.tuple(number, fc.constantFrom('error', 'load', 'clone-result', 'clone-error'), record),
  fc.tuple(number, fc.constant('sealed'), fc.string()),
  fc.tuple(number, fc.oneof(fc.constantFrom('toString', 'ok', 'seal'), junk), record),
  fc.tuple(number, fc.constant('sealed'), junk),
  fc.tuple(number, fc.constantFrom('error', 'sealed'), record).map(([at, kind, error]) => ({ 0: at, 1: kind, 2: error })),
  junk,
);
/** What a stranger gives for a result: something that is known again, or bytes, which a sealed result would be. */
const forged = fc.oneof(
  { weight: 4, arbitrary: fc.constant<unknown>(new Forged()) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }) as fc.Arbitrary<unknown> },
);
const values = fc.oneof(
  { weight: 6, arbitrary: fc.array(forged, { maxLength: 4 }) as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }) },
  { weight: 1, arbitrary: junk },
);
const times = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 50 }), { maxLength: 5 })
      .map((list) => list.sort((a, b) => a - b)) as fc.Arbitrary<unknown>,
  },
  { weight: 1, arbitrary: fc.array(time, { maxLength: 5 }) },
  { weight: 1, arbitrary: junk },
);
const notes = fc.oneof(fc.constant(undefined), fc.array(note, { maxLength: 3 }), junk);

/** A report that is right in itself, though its items may not have ended, or may have been reported before. */
const report = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.nat({ max: 2 }), fc.array(forged, { maxLength: 3 }), fc.constantFrom(undefined, 'sealed'))
  .map(([bundle, from, list, kind]) => ({
    bundle,
    from,
    values: list,
    times: Array.from({ length: list.length + 1 }, (_, i) => i),
    notes: kind === undefined ? undefined : list.map((_, i) => [i, kind, 'digest']),
  }));

/** What a thread may put on its port. */
const word: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 3,
    arbitrary: report.map(({ bundle, from, values, times, notes }) => [
      FROM_THREAD.done,
      bundle,
      from,
      values,
      times,
      notes,
    ]) as fc.Arbitrary<unknown>,
  },
  { weight: 6, arbitrary: fc.tuple(fc.constant(FROM_THREAD.done), number, number, values, times, notes) as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: fc.tuple(fc.constant(FROM_THREAD.progress), number, number, junk) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(FROM_THREAD.account), number, number, number) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(FROM_THREAD.lateError, FROM_THREAD.crashing), number, number, record) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(FROM_THREAD.exiting), number, number, number, number) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(FROM_THREAD.ready, FROM_THREAD.tearsDown, FROM_THREAD.unread)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(FROM_THREAD.tornDown), record) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(FROM_THREAD.startupFailed), record) },
  { weight: 1, arbitrary: fc.tuple(tag, junk, junk, junk, junk) },
  { weight: 1, arbitrary: junk },
);

export const fromThread: fc.Arbitrary<unknown> = fc.oneof({ weight: 3, arbitrary: word }, { weight: 1, arbitrary: spoiled(word) });

/** One part of it, however deep, is something else. */
function spoiled<T>(whole: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.tuple(whole, fc.nat({ max: 12 }), junk).map(([message, at, instead]) => {
    const places: (() => void)[] = [];
    const copy = copied(message, 0, places, instead);
    places[at % Math.max(1, places.length)]?.();
    return copy as T;
  });
}

/** A copy of plain data, to some depth, and for each of its parts what puts something else in its place. */
function copied(value: unknown, depth: number, places: (() => void)[], instead: unknown): unknown {
  const plain = Array.isArray(value) || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);
  if (!plain || depth > 3) return value;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([] as never) : {};
  for (const [key, inner] of Object.entries(value as object)) {
    copy[key] = copied(inner, depth + 1, places, instead);
    places.push(() => {
      copy[key] = instead;
    });
  }
  return copy;
}

const blame = fc.oneof(
  fc.record({ of: fc.constant('item'), bundle: number, index: number }),
  fc.record({ of: fc.constant('settled'), taskId: number }),
  fc.record({ of: fc.constantFrom('running', 'mail') }),
  junk,
);
const exit = fc.oneof(
  fc.record(
    {
      cause: fc.oneof(fc.constantFrom('crash', 'exit', 'oom', 'startup', 'reclaimed'), junk),
      exitCode: fc.oneof(number, junk),
      signal: fc.oneof(fc.constantFrom<unknown>('SIGKILL', undefined), junk),
      error: fc.oneof(record, fc.constant(undefined)),
      blame,
    },
    { requiredKeys: ['cause', 'blame'] },
  ),
  junk,
);

/** What a cell may put into a frame; the sender usually fills in `thread`. */
const frame: fc.Arbitrary<Record<string, unknown>> = fc.record({
  tell: fc.oneof(
    fc.constantFrom(
      'started',
      'ready',
      'done',
      'progress',
      'lateError',
      'accounted',
      'unreadable',
      'garbage',
      'memory',
      'revoked',
      'exited',
      'tearsDown',
      'tornDown',
      'message',
      'constructor',
    ),
    junk,
  ),
  threadId: fc.oneof(number, junk),
  bundle: fc.oneof({ weight: 5, arbitrary: number as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: junk }),
  from: fc.oneof({ weight: 5, arbitrary: number as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: junk }),
  index: number,
  upTo: number,
  claimed: fc.oneof(number, junk),
  taskId: number,
  attempt: number,
  bytes: fc.oneof(time, junk),
  times,
  notes,
  value: junk,
  error: record,
  exit,
});

export const fromCell: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 3, arbitrary: frame },
  { weight: 1, arbitrary: spoiled(frame) },
  {
    weight: 1,
    arbitrary: report.map(({ bundle, from, times, notes }) => ({ tell: 'done', bundle, from, times, notes })) as fc.Arbitrary<
      Record<string, unknown>
    >,
  },
);
