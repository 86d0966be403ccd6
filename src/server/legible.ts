import { fromBytes, toBytes } from '../core/wire/bytes.ts';
import { type Encoded, type EncodedError, encodeForSure } from '../core/wire/codec.ts';
import { contentOf, messageOf } from './content.ts';
import { notCloneable } from './errors.ts';
import { FROM, type FromThread, OUTCOME, type Outcome, type Report } from './wire.ts';

/**
 * What can be written and not be read would take the message along in which it travels: as bytes, V8 writes a `WebAssembly.Module` without a complaint, and
 * leaves it out. So between processes a reply travels as bytes of its own, and of errors the thread itself tries whether they can be read: they are few.
 */

/** What a thread says, for another process. @throws what cannot be cloned */
export function forBytes(message: FromThread): FromThread {
  switch (message[0]) {
    case FROM.report: {
      const [tag, seq, outcome, value, effects] = message;
      return isPlain(value) ? message : [tag, seq, outcome, bytesOf(outcome, value), effects];
    }
    case FROM.reports:
      return [FROM.reports, message[1].map(([seq, outcome, value, effects]) => [seq, outcome, bytesOf(outcome, value), effects])];
    case FROM.failed:
      return [FROM.failed, legible(message[1])];
    case FROM.snapshot:
      return message[3] === undefined ? message : [FROM.snapshot, message[1], message[2], legible(message[3])];
    case FROM.crashing:
      return [FROM.crashing, message[1], message[2], legible(message[3])];
    default:
      return message;
  }
}

/** The same message as the thread has said it, but for replies that cannot be read: those are their callers' errors. */
export function fromItsBytes(message: FromThread): FromThread {
  if (message[0] === FROM.reports) return [FROM.reports, message[1].map(replyIn)];
  if (message[0] !== FROM.report || isPlain(message[3])) return message;
  return [FROM.report, ...replyIn([message[1], message[2], message[3], message[4]])];
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

function bytesOf(outcome: Outcome, value: unknown): unknown {
  if (isPlain(value)) return value;
  return outcome === OUTCOME.reply ? contentOf(value) : legible(value as Encoded);
}

function replyIn(report: Report): Report {
  const [seq, outcome, value, effects] = report;
  if (outcome !== OUTCOME.reply || isPlain(value)) return report;
  try {
    return [seq, outcome, messageOf(value as object), effects];
  } catch (cause) {
    return [seq, OUTCOME.fail, encodeForSure(notCloneable('reply', cause)), effects];
  }
}

/** An error without those of its fields, and of its causes', that cannot be read from bytes. */
export function legible(error: Encoded): Encoded {
  return isLegible(error) ? error : withoutIllegible(error, new Map());
}

function withoutIllegible(encoded: Encoded, known: Map<Encoded, Encoded>): Encoded {
  const before = known.get(encoded);
  if (before !== undefined) return before;
  if (encoded.$ === 'value') {
    if (isLegible(encoded.value)) return encoded;
    return encodeForSure(new Error(`A value was thrown that cannot be read from bytes (${typeof encoded.value}).`));
  }
  const fields = Object.fromEntries(Object.entries(encoded.fields).filter(([, value]) => isLegible(value)));
  const own: EncodedError = { ...encoded, fields };
  known.set(encoded, own); // It may be its own cause.
  if (encoded.cause !== undefined) own.cause = withoutIllegible(encoded.cause, known);
  if (encoded.errors !== undefined) own.errors = encoded.errors.map((one) => withoutIllegible(one, known));
  return own;
}

function isLegible(value: unknown): boolean {
  try {
    fromBytes(toBytes(value));
    return true;
  } catch {
    return false;
  }
}
