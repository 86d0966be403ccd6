import { fromBytes, toBytes } from '../core/wire/bytes.ts';
import { reviveError } from '../core/wire/revive.ts';
import { fail } from './define/marks.ts';
import { notCloneable, unreadable } from './errors.ts';
import { NOT_SMALL, smallCopy, smallSize } from './plain-copy.ts';
import type { Content, StateBytes } from './wire.ts';

const { isView } = ArrayBuffer;

/**
 * A message as it stands in the log: what the caller does to its object afterwards changes nothing, and thread, standby, replica and journal all get
 * the same bytes.
 * @throws what structured clone cannot copy; shared memory is one of those, because a log cannot hold it
 */
export function contentOf(message: unknown): Content {
  const kind = typeof message;
  if ((kind !== 'object' || message === null) && kind !== 'function' && kind !== 'symbol') return message as Content;
  if (kind === 'object') {
    const copy = smallCopy(message as object);
    if (copy !== NOT_SMALL) return copy;
  }
  return toBytes(message);
}

/**
 * The message in it. A small object is handed out itself: a caller that keeps the content as well copies it first.
 * @throws where there is nothing to read: V8 writes a `WebAssembly.Module` without a complaint, and leaves it out
 */
export function messageOf(content: Content): unknown {
  return isBytes(content) ? fromBytes(content) : content;
}

/** A message of its own, for who does not own the content; `undefined` for one that cannot be read. */
export function copyOf(content: Content): unknown {
  try {
    return messageOf(isBytes(content) ? content : contentOf(content));
  } catch {
    return undefined;
  }
}

/** The message in it; the same for all threads, so one that cannot be read fails in all of them, and none dies. */
export function messageOrFail(content: Content): unknown {
  try {
    return messageOf(content);
  } catch (cause) {
    return fail(unreadable(cause));
  }
}

/** The answer in it, or an error, also for one that cannot be read. */
export function answerIn(content: Content, failed: boolean): readonly [value: unknown, failed: boolean] {
  try {
    const value = messageOf(content);
    return [failed ? reviveError(value) : value, failed];
  } catch (cause) {
    return [notCloneable('reply', cause), true];
  }
}

/** A copy of a small, plain object as it is now; `undefined` for one that is left to the serializer, because it is large, of another kind, or fights back. */
export function plainCopy(value: object): object | undefined {
  try {
    const copy = smallCopy(value);
    return copy === NOT_SMALL ? undefined : copy;
  } catch {
    return undefined;
  }
}

/** Bytes that it holds, about. */
export function sizeOf(content: Content): number {
  if (typeof content === 'string') return content.length;
  if (typeof content !== 'object' || content === null) return 8;
  return isBytes(content) ? content.byteLength : smallSize(content);
}

function isBytes(content: Content): content is Uint8Array {
  return typeof content === 'object' && content !== null && isView(content);
}

/** Bytes in memory that threads share, so that a state is handed to a new thread without a copy. */
export function sharedBytes(bytes: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(shared).set(bytes);
  return shared;
}

/** V8 reads no shared memory, so a copy of that is made by who needs the value. */
export function valueIn(state: StateBytes): unknown {
  const bytes = new Uint8Array(state);
  return fromBytes(state instanceof ArrayBuffer ? bytes : bytes.slice());
}
