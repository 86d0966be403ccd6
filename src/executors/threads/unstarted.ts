import { soon } from '../../core/soon.ts';
import type { ExecutorThread, ThreadEvents } from '../executor.ts';

/** A thread that the system refused to start: there is no memory for it, or there are too many. It dies at once, and says why. */
export class UnstartedThread implements ExecutorThread {
  readonly threadId = -1;
  readonly seen = 0;
  readonly itemStartedAt = 0;
  readonly sending = false;
  readonly memory = undefined;

  constructor(error: unknown, events: ThreadEvents) {
    void soon(() => events.exited({ cause: 'startup', exitCode: undefined, error, blame: { of: 'running' } }));
  }

  send(): never {
    throw new Error('A thread that was never started was given work.');
  }

  revoke(_bundle: number, answer: (claimed: number) => void): void {
    answer(0);
  }

  standing(): { claimed: number; finished: number } {
    return { claimed: 0, finished: 0 };
  }

  poll(): void {}
  abort(): void {}
  assign(): void {}
  tearDown(): void {}
  terminate(): void {}
}
