import { fromBytes, toBytes } from '../core/wire/bytes.ts';
import type { Content } from './wire.ts';

/**
 * A message as it stands in the log: what the caller does to its object afterwards changes nothing, and thread, standby, replica and journal all get
 * the same bytes.
 * @throws what structured clone cannot copy; shared memory is one of those, because a log cannot hold it
 */
export function contentOf(message: unknown): Content {
  const kind = typeof message;
  if ((kind !== 'object' || message === null) && kind !== 'function' && kind !== 'symbol') return message as Content;
  return toBytes(message);
}

export function messageOf(content: Content): unknown {
  return typeof content === 'object' && content !== null ? fromBytes(content) : content;
}

/** Bytes in memory that threads share, so that a state is handed to a new thread without a copy. */
export function sharedBytes(bytes: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(shared).set(bytes);
  return shared;
}

/** V8 reads no shared memory, so a copy is made by who needs the value. */
export function valueIn(shared: SharedArrayBuffer): unknown {
  return fromBytes(new Uint8Array(shared).slice());
}
