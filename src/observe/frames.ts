// What the server tells the page, as JSON. Both sides import these types, and nothing else of each other.
import type { FailureKind, Health, PoolStats, ThreadExitReason, ThreadNow, TreeNode, WorkOutcome } from '../index.ts';

/** What stands in the banner. `dead` and `overloaded` are different troubles, with different cures. */
export type VerdictState = 'starting' | 'idle' | 'working' | 'slow' | 'overloaded' | 'degraded' | 'dead' | 'failed' | 'closed';

export interface Verdict {
  readonly state: VerdictState;
  /** One sentence for a person. */
  readonly text: string;
}

/** One moment of the curves. */
export interface Point {
  /** Milliseconds on the pool's scale. */
  readonly at: number;
  /** Tasks settled a second since the point before, with a result and without. */
  readonly fulfilled: number;
  readonly rejected: number;
  readonly queued: number;
  /** Milliseconds; null before the first measurement. */
  readonly run50: number | null;
  readonly run99: number | null;
  readonly wait50: number | null;
  readonly wait99: number | null;
  readonly busy: number;
  readonly ready: number;
  readonly spare: number;
  readonly starting: number;
  readonly stopping: number;
  readonly orphan: number;
}

/** How a block of a lane ended: `ok`, something odd, or the death of its thread. */
export type BlockKind = 'ok' | WorkOutcome | ThreadExitReason;

/** One attempt, or several short ones that are drawn as one; an array, because there are thousands. */
export type Block = readonly [
  slot: number,
  generation: number,
  from: number,
  until: number,
  /** Attempts in it, and those of them that failed. */
  count: number,
  failed: number,
  kind: BlockKind,
  /** Milliseconds in which one of them ran. */
  busy: number,
  /** The first of them. */
  taskId: number,
  name: string,
  attempt: number,
  replica: number,
];

export type MarkKind = 'death' | 'takeover' | 'spare' | 'orphan' | 'conflict' | 'hedge' | 'late' | 'health';

/** Something that happened at one moment, on one lane (-1: on none). */
export interface Mark {
  readonly at: number;
  readonly slot: number;
  readonly kind: MarkKind;
  readonly text: string;
}

/** One failed attempt of a task, as text. */
export interface ShownAttempt {
  readonly attempt: number;
  readonly replica: number;
  readonly slot: number;
  readonly kind: FailureKind;
  readonly ms: number;
  readonly error: string;
}

/** A task that failed. */
export interface ShownFailure {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly taskId: number;
  readonly name: string;
  readonly kind: FailureKind;
  readonly error: string;
  readonly code: string;
  readonly stack: string;
  readonly attempts: readonly ShownAttempt[];
}

/** A thread that died. */
export interface ShownDeath {
  readonly id: number;
  readonly time: number;
  readonly slot: number;
  readonly generation: number;
  readonly threadId: number;
  readonly reason: ThreadExitReason;
  readonly exitCode: number | null;
  readonly signal: string;
  readonly task: { readonly id: number; readonly name: string; readonly attempt: number; readonly input: string | null } | null;
  readonly error: string;
  readonly stack: string;
  readonly age: number;
  readonly heapUsed: number | null;
  readonly finishedTasks: number;
  readonly events: readonly string[];
}

/** Copies of a task that disagreed. */
export interface ShownConflict {
  readonly id: number;
  readonly time: number;
  readonly taskId: number;
  readonly name: string;
  readonly verdict: 'extra' | 'quorum' | 'resolved' | 'none';
  /** `answer`: equal letters are equal results. `lost`: others outvoted it. `value` only where results may be shown. */
  readonly ballots: readonly {
    readonly slot: number;
    readonly threadId: number;
    readonly replica: number;
    readonly answer: string;
    readonly lost: boolean;
    readonly value: string | null;
  }[];
}

/** A server of the program. */
export interface ShownServer {
  readonly name: string;
  readonly state: 'open' | 'draining' | 'terminating' | 'over';
  readonly isolation: 'thread' | 'process';
  readonly mailbox: number;
  /** Null: no limit. */
  readonly maxMailbox: number | null;
  readonly log: { readonly committed: number; readonly messages: number; readonly open: number; readonly bytes: number };
  /** Bytes of the last copy of the state; 0 before the first. */
  readonly stateBytes: number;
  readonly timers: number;
  readonly restarts: number;
  readonly orphans: number;
  /** Messages that were handled since it was started. */
  readonly handled: number;
  /** Milliseconds; null before the first call. */
  readonly call50: number | null;
  readonly call99: number | null;
  readonly threads: readonly {
    readonly threadId: number;
    readonly pid: number | null;
    readonly role: 'voter' | 'standby';
    readonly state: 'starting' | 'live' | 'ending' | 'dead';
    /** Messages that are answered and not yet in its state. */
    readonly behind: number;
  }[];
  readonly incidents: readonly {
    readonly time: number;
    readonly kind: 'death' | 'takeOver' | 'conviction' | 'dropped' | 'snapshotFailed';
    readonly text: string;
  }[];
  /** `content` only where results may be shown. */
  readonly recent: readonly {
    readonly seq: number;
    readonly kind: string;
    readonly name: string;
    readonly at: number;
    readonly outcome: string;
    readonly content: string | null;
  }[];
}

/** Counts by kind since the page's server began to listen, and the last of each in full. */
export interface Kept<T> {
  readonly counts: Readonly<Record<string, number>>;
  readonly last: readonly T[];
}

/** What changes from moment to moment. */
interface Now {
  /** On the pool's scale, and in milliseconds since 1970. */
  readonly now: number;
  readonly wall: number;
  readonly stats: PoolStats;
  readonly verdict: Verdict;
  readonly slots: number;
  readonly threads: readonly ThreadNow[];
}

/** All there is to show; sent to a page that has just come, or could not keep up. */
export interface Snapshot extends Now {
  readonly type: 'snapshot';
  readonly pool: string;
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  /** When it began to listen, on the pool's scale. */
  readonly since: number;
  /** Since when the attempts are watched, on the pool's scale: lanes begin there. */
  readonly watched: number;
  readonly reveal: boolean;
  readonly points: readonly Point[];
  readonly blocks: readonly Block[];
  readonly marks: readonly Mark[];
  readonly failures: Kept<ShownFailure>;
  readonly deaths: Kept<ShownDeath>;
  readonly conflicts: Kept<ShownConflict>;
  readonly retries: Readonly<Record<string, number>>;
  readonly tree: TreeNode;
  readonly servers: readonly ShownServer[];
}

/** What is new since the frame before. */
export interface Tick extends Now {
  readonly type: 'tick';
  readonly point: Point | null;
  readonly blocks: readonly Block[];
  readonly marks: readonly Mark[];
  readonly failures: Kept<ShownFailure> | null;
  readonly deaths: Kept<ShownDeath> | null;
  readonly conflicts: Kept<ShownConflict> | null;
  readonly retries: Readonly<Record<string, number>>;
  readonly tree: TreeNode | null;
  /** Null if they stand as before. */
  readonly servers: readonly ShownServer[] | null;
}

export type Frame = Snapshot | Tick;
export type { Health, PoolStats, ThreadNow, TreeNode };
