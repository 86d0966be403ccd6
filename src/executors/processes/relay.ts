import { reviveError } from '../../core/wire/revive.ts';
import type { ThreadEvents } from '../executor.ts';
import type { FromCell } from './protocol.ts';

/** What a thread in another process says of what happens in it, and nothing on the way has to know. */
export type Relayed = Extract<
  FromCell,
  { readonly tell: 'progress' | 'lateError' | 'accounted' | 'unreadable' | 'garbage' | 'tearsDown' | 'tornDown' | 'message' }
>;

/** Passes it on, from a cell of this machine or of a node. */
export function relay(message: Relayed, events: ThreadEvents): void {
  switch (message.tell) {
    case 'progress':
      events.progress(message.bundle, message.index, message.value);
      break;
    case 'lateError':
      events.lateError(message.taskId, message.attempt, reviveError(message.error));
      break;
    case 'accounted':
      events.accounted(message.bundle, message.upTo);
      break;
    case 'unreadable':
      events.unreadable();
      break;
    case 'garbage':
      events.garbage();
      break;
    case 'tearsDown':
      events.tearsDown();
      break;
    case 'tornDown':
      events.tornDown(message.error && reviveError(message.error));
      break;
    case 'message':
      events.message(message.value);
      break;
  }
}
