import { toBytes } from '../../core/wire/bytes.ts';
import { encodeError } from '../../core/wire/codec.ts';
import type { FailedItem, ItemNote } from '../../core/wire/wire.ts';
import type { FromCell } from './protocol.ts';

function cloneable(value: unknown): boolean {
  try {
    toBytes(value);
    return true;
  } catch {
    return false;
  }
}

/** The message with what no process can send to another replaced by the reason: what a task threw, or told as its progress. */
export function withoutUncloneable(message: FromCell, reason: unknown): FromCell {
  switch (message.tell) {
    case 'done':
      return { ...message, notes: message.notes?.map((item) => (cloneable(item) ? item : uncloneable(item, reason))) };
    case 'lateError':
    case 'tornDown':
      return { ...message, error: encodeError(reason) };
    case 'exited':
      return { ...message, exit: { ...message.exit, error: encodeError(reason) } };
    default:
      return { tell: 'garbage', thread: message.thread };
  }
}

function uncloneable([offset]: ItemNote, reason: unknown): FailedItem {
  return [offset, 'clone-error', encodeError(reason)];
}
