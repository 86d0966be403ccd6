import type { EventSink } from '../../core/events.ts';
import type { ThreadEvents } from '../../executors/executor.ts';
import type { PoolThread } from './pool-thread.ts';

/** What a thread tells that is about no attempt. Code of the user runs there, so it may say anything, at any time. */
export function ownWords(thread: PoolThread, emitter: EventSink): Pick<ThreadEvents, 'tearsDown' | 'tornDown' | 'message'> {
  return {
    tearsDown: () => {
      if (thread.teardown.is === 'none') thread.teardown = { is: 'wanted' };
    },
    tornDown: (error) => {
      if (thread.teardown.is !== 'asked') return;
      thread.teardown = { is: 'over', error };
      thread.torn.open();
    },
    message: (message) => {
      const { slot, generation, threadId } = thread;
      emitter.emit('message', { slot, generation, threadId, message });
    },
  };
}
