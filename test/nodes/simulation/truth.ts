import type { SimNode } from './sim-node.ts';

/** One execution of a task, as it really was. */
export interface Start {
  readonly attempt: number;
  readonly replica: number;
  readonly threadId: number;
  readonly node: SimNode;
  /** On the shared time. */
  readonly at: number;
  endedAt: number;
  fate: 'running' | 'returned' | 'threw' | 'crashed' | 'killed';
}

/** One task: what its caller asked for, and what really became of it. */
export class Truth {
  readonly uid: number;
  /** The pool's own number, once it is accepted. */
  id = -1;
  /** It may be started only once. */
  readonly once: boolean;
  readonly submittedAt: number;
  readonly starts: Start[] = [];
  /** Attempts that the pool has given up, by replica. */
  readonly failed: Set<string> = new Set();
  /** Losses of nodes that the pool had told of before it was accepted. */
  readonly lostBefore: number;
  outcome: string | undefined;
  told = false;

  constructor(uid: number, once: boolean, submittedAt: number, lostBefore: number) {
    this.uid = uid;
    this.once = once;
    this.submittedAt = submittedAt;
    this.lostBefore = lostBefore;
  }

  /** The result that is right, if copies of the task have to agree on it. */
  get right(): number {
    return this.uid * 2 + 1;
  }

  startsOf(attempt: number, replica: number): Start[] {
    return this.starts.filter((start) => start.attempt === attempt && start.replica === replica);
  }
}

export const keyOf = (attempt: number, replica: number): string => `${attempt}/${replica}`;
