import { types } from 'node:util';
import { isListOf } from './list-of.ts';
import { isEncoded } from './revive.ts';
import { FROM_THREAD, type FromThread } from './wire.ts';

const isWhole = Number.isInteger;
const FAILED_ITEMS: ReadonlySet<unknown> = new Set(['error', 'load', 'clone-result', 'clone-error']);

function isNote(item: unknown): boolean {
  if (!Array.isArray(item) || !isWhole(item[0])) return false;
  return item[1] === 'sealed' ? typeof item[2] === 'string' : FAILED_ITEMS.has(item[1]) && isEncoded(item[2]);
}

function isDone([, bundle, from, values, times, notes]: readonly unknown[]): boolean {
  return (Array.isArray(values) || types.isUint8Array(values)) && isReport(bundle, from, times, notes);
}

/** What a report says beside its values. Times do not go back. */
export function isReport(bundle: unknown, from: unknown, times: unknown, notes: unknown): boolean {
  if (!isWhole(bundle) || !isWhole(from) || !Array.isArray(times)) return false;
  let last = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (!Number.isFinite(time) || time < last) return false;
    last = time;
  }
  return notes === undefined || isListOf(notes, isNote);
}

/**
 * Whether something that arrived on a thread's port is a message at all. A task can find the ports of its thread and send what it
 * likes; what is no message is counted and dropped, and must not be able to throw in the main process.
 */
export function isFromThread(message: unknown): message is FromThread {
  if (!Array.isArray(message)) return false;
  const [tag, first, second, third] = message as unknown[];
  switch (tag) {
    case FROM_THREAD.done:
      return isDone(message);
    case FROM_THREAD.ready:
    case FROM_THREAD.tearsDown:
    case FROM_THREAD.unread:
      return true;
    case FROM_THREAD.tornDown:
      return first === undefined || isEncoded(first);
    case FROM_THREAD.startupFailed:
      return isEncoded(first);
    case FROM_THREAD.progress:
      return isWhole(first) && isWhole(second);
    case FROM_THREAD.account:
      return isWhole(first) && isWhole(second) && isWhole(third);
    case FROM_THREAD.lateError:
    case FROM_THREAD.crashing:
      return isWhole(first) && isWhole(second) && isEncoded(third);
    case FROM_THREAD.exiting:
      return message.length === 5 && isListOf(message, isWhole);
    default:
      return false;
  }
}
