import fc from 'fast-check';
import { FROM, KIND, OUTCOME, PHASE, TO } from '../../../src/server/wire.ts';
import { junk, record } from '../../hostile/messages.ts';

/** Mostly numbers of messages and questions that there are. */
const seq = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -12, max: 60 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(2 ** 31, -(2 ** 31), 2 ** 53, 0.5, Number.NaN, Number.POSITIVE_INFINITY) },
);
const text = fc.constantFrom('add', 'end', 'put', 'toString', '__proto__', 's', '1.0.0');
const from = fc.record({ server: text, call: seq });
const half = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 60, arbitrary: right }, { weight: 1, arbitrary: junk });
const content = fc.oneof(junk, fc.uint8Array({ maxLength: 12 }), fc.constantFrom<unknown>(undefined, 1, 'text', { a: 1 }));
const effect = fc.oneof(
  fc.tuple(fc.constant('reply'), half(from), content, half(fc.boolean())),
  fc.tuple(fc.constant('timer'), half(text), half(seq)),
  fc.tuple(fc.constant('cancel'), half(text)),
  fc.tuple(fc.constant('cast'), half(text), half(text), content),
  // To end the server is within a thread's rights, and would end the trial: seldom.
  fc.tuple(fc.constantFrom('halt', 'constructor'), half(record)),
);
const effects = half(fc.oneof(fc.constant(undefined), fc.array(effect, { maxLength: 2 })));
const report = fc.oneof(
  fc.tuple(seq, half(fc.constantFrom(...Object.values(OUTCOME))), half(fc.oneof(content, record)), effects),
  fc.tuple(seq, fc.constantFrom(OUTCOME.fail, OUTCOME.threw), record, effects),
);
const state = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 24 }).map((bytes) => bytes.slice().buffer as unknown),
  fc.constantFrom<unknown>(null, new ArrayBuffer(0), new SharedArrayBuffer(8)),
);
const names = fc.record({
  version: half(fc.constantFrom<unknown>(1, 2, 'x')),
  call: half(fc.array(text, { maxLength: 2 })),
  read: half(fc.array(text, { maxLength: 2 })),
  cast: half(fc.array(text, { maxLength: 2 })),
  terminates: half(fc.boolean()),
});

/** What a stranger says in the name of a thread: right, half right, and wrong. */
export const fromServer: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: junk },
  { weight: 20, arbitrary: fc.tuple(fc.constant(FROM.reports), half(fc.array(half(report), { maxLength: 4 }))) },
  { weight: 6, arbitrary: half(report).map((one) => [FROM.report, ...(Array.isArray(one) ? one : [one])]) },
  { weight: 4, arbitrary: fc.tuple(fc.constant(FROM.applied), half(seq)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant(FROM.snapshot), half(seq), state, fc.oneof(fc.constant(undefined), record)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant(FROM.ask), half(seq), half(seq), half(text), half(text), content, half(seq)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant(FROM.continued), half(seq), half(seq), effects) },
  { weight: 2, arbitrary: fc.tuple(fc.constant(FROM.ready), state, effects, half(names)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(FROM.crashing), half(seq), half(fc.constantFrom(...Object.values(PHASE))), record) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(FROM.failed), record) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(FROM.exiting), half(seq)) },
  // What goes the other way.
  { weight: 1, arbitrary: fc.tuple(fc.constant(TO.items), fc.constant([[KIND.call, 1, 'add', 1, 0]])) },
);

/** Between processes everything is bytes: a message, a state beside it, or no more than the announcement of one. */
export const loose: fc.Arbitrary<Uint8Array> = fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 20 }));
