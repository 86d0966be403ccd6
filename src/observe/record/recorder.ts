import timers from 'node:timers';
import { describeThrown } from '../../diagnostics/thrown.ts';
import type { PoolStats, PoolWatch, ThreadNow, TreeNode } from '../../index.ts';
import type { Mark, Point, ShownConflict, ShownDeath, ShownFailure, ShownServer, Snapshot, Tick, Verdict } from '../frames.ts';
import { Changed } from './changed.ts';
import { History, type Keep } from './history.ts';
import { KeptByKind } from './kept.ts';
import { Looks } from './looks.ts';
import { conflictMarks, listen } from './marks.ts';
import { shownServers } from './servers.ts';
import { shownConflict, shownDeath, shownFailure } from './shown.ts';
import { Takeovers } from './takeovers.ts';
import { verdictOf } from './verdict.ts';
import { Attempts, type Observed } from './watch-pool.ts';

export interface RecorderOptions {
  readonly reveal: boolean;
  readonly keep: Keep;
  readonly version: string;
  readonly tree: () => TreeNode;
}

/** Milliseconds between two points while no page is open. */
const SLOW = 1_000;
/** Milliseconds between two frames. */
export const TICK = 250;
/** Frames between two points of the curves. */
const POINT_EVERY = 2;
/** Frames between two looks at the tree. */
const TREE_EVERY = 4;

const { setInterval, clearInterval } = timers;

/** Keeps what the page shows: by listening, and by a look now and then. It is called by nothing of the pool, and holds nothing of a task. */
export class Recorder {
  readonly #pool: Observed;
  readonly #options: RecorderOptions;
  readonly #watch: PoolWatch;
  readonly #attempts: Attempts;
  readonly #history: History;
  readonly #looks = new Looks();
  readonly #takeovers = new Takeovers();
  readonly #failures = new KeptByKind<ShownFailure>();
  readonly #deaths = new KeptByKind<ShownDeath>();
  readonly #conflicts = new KeptByKind<ShownConflict>();
  readonly #retries = new Map<string, number>();
  readonly #undo: (() => void)[] = [];
  readonly #since: number;
  #freshMarks: Mark[] = [];
  #failure = '';
  #timer: NodeJS.Timeout | undefined;
  #listener: ((tick: Tick) => void) | undefined;
  #ticks = 0;
  readonly #tree = new Changed<TreeNode>();
  readonly #servers = new Changed<readonly ShownServer[]>();

  constructor(pool: Observed, options: RecorderOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#history = new History(options.keep);
    this.#attempts = new Attempts(pool);
    this.#watch = pool.watch({
      rejected: (task) => {
        if (task.kind === 'rejected' && task.taskId < 0) this.#looks.refused(this.#watch.now());
        this.#failures.add(task.kind, (id) => shownFailure(id, Date.now(), task));
      },
    });
    this.#since = this.#watch.now();
    this.#listen();
    if (options.keep === 'whole') this.#attempts.begin(this.#since);
    this.#set(options.keep === 'whole' ? TICK : SLOW);
  }

  /** Tells `listener` every change from now on, until the returned function is called. */
  follow(listener: (tick: Tick) => void): () => void {
    this.#attempts.begin(this.#watch.now());
    this.#listener = listener;
    this.#set(TICK);
    return () => {
      this.#listener = undefined;
      if (this.#options.keep === 'whole') return;
      this.#attempts.end();
      this.#set(SLOW);
    };
  }

  snapshot(): Snapshot {
    const { points, blocks, marks } = this.#history;
    return {
      type: 'snapshot',
      pool: this.#pool.name,
      version: this.#options.version,
      node: process.version,
      pid: process.pid,
      since: this.#since,
      watched: this.#attempts.since,
      reveal: this.#options.reveal,
      ...this.#now(),
      points: points.items,
      blocks: blocks.items,
      marks: marks.items,
      failures: this.#failures.all(),
      deaths: this.#deaths.all(),
      conflicts: this.#conflicts.all(),
      retries: Object.fromEntries(this.#retries),
      tree: this.#options.tree(),
      servers: shownServers(this.#options.reveal),
    };
  }

  verdict(): Verdict {
    return this.#judge(this.#pool.stats(), this.#attempts.active ? this.#watch.threads() : []);
  }

  quantiles(): { run: (number | null)[]; wait: (number | null)[] } {
    return this.#attempts.quantiles(this.#watch.now());
  }

  /** To be called before a last snapshot: what has happened since the last look is in it. */
  look(): void {
    this.#tick();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#attempts.end();
    this.#watch.stop();
    for (const undo of this.#undo) undo();
  }

  #listen(): void {
    const pool = this.#pool;
    const on: Observed['on'] = (name, listener) => {
      this.#undo.push(() => pool.off(name, listener));
      return pool.on(name, listener);
    };
    const { reveal } = this.#options;
    this.#undo.push(listen(pool, (said) => this.#mark(said)));
    on('crash', (report) => this.#deaths.add(report.reason, (id) => shownDeath(id, report, reveal)));
    on('retry', ({ failed }) => this.#retries.set(failed.kind, (this.#retries.get(failed.kind) ?? 0) + 1));
    on('timeout', ({ phase }) => {
      if (phase === 'queue') this.#looks.refused(this.#watch.now());
    });
    on('failed', ({ error }) => {
      this.#failure = describeThrown(error).message.slice(0, 500);
    });
    on('conflict', (event) =>
      this.#conflicts.add(event.verdict, (id) => {
        const shown = shownConflict(id, Date.now(), event, reveal);
        for (const said of conflictMarks(shown)) this.#mark(said);
        return shown;
      }),
    );
  }

  #mark(said: Omit<Mark, 'at'>, at: number = this.#watch.now()): void {
    const mark = { at, ...said };
    this.#history.marks.add(mark);
    // Of a flood of marks no more are sent than a page keeps.
    if (this.#freshMarks.length < 200) this.#freshMarks.push(mark);
  }

  #set(every: number): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), every);
    this.#timer.unref();
  }

  #judge(stats: PoolStats, threads: readonly ThreadNow[]): Verdict {
    const now = this.#watch.now();
    const starts = threads.flatMap(({ current }) => (current === undefined ? [] : [current.startedAt]));
    const longest = starts.length === 0 ? 0 : now - Math.min(...starts);
    return verdictOf({ ...this.#looks.impression(now, stats), slots: this.#watch.slots, longest, failure: this.#failure });
  }

  #now(): Pick<Snapshot, 'now' | 'wall' | 'stats' | 'verdict' | 'slots' | 'threads'> {
    const stats = this.#pool.stats();
    const threads = this.#watch.threads();
    return { now: this.#watch.now(), wall: Date.now(), stats, verdict: this.#judge(stats, threads), slots: this.#watch.slots, threads };
  }

  #point(now: number, stats: PoolStats): Point {
    const { run, wait } = this.#attempts.quantiles(now);
    const { busy, ready, spare, starting, stopping, orphan } = stats.threads;
    const rates = this.#looks.rates(now, stats);
    const [run50 = null, run99 = null] = run;
    const [wait50 = null, wait99 = null] = wait;
    return { at: now, ...rates, queued: stats.queued, run50, run99, wait50, wait99, busy, ready, spare, starting, stopping, orphan };
  }

  #tick(): void {
    const follows = this.#attempts.active;
    const n = this.#ticks++;
    // Each has room for a few new records. What no listener takes is taken here, or there would be no room for what comes later.
    if (this.#listener === undefined) for (const kept of [this.#failures, this.#deaths, this.#conflicts]) kept.take();
    if (!follows) {
      const now = this.#watch.now();
      const stats = this.#pool.stats();
      this.#history.points.add(this.#point(now, stats));
      this.#looks.add(now, stats, Number.NEGATIVE_INFINITY);
      return;
    }
    this.#attempts.gather();
    const at = this.#now();
    this.#looks.add(at.now, at.stats, at.stats.threads.busy === 0 ? at.now : this.#attempts.endedAt);
    const point = n % POINT_EVERY === 0 ? this.#point(at.now, at.stats) : null;
    const blocks = this.#attempts.lanes.take();
    for (const said of this.#takeovers.seen(at.threads, blocks)) this.#mark(said, said.at);
    this.#history.blocks.add(...blocks);
    if (point !== null) this.#history.points.add(point);
    const marks = this.#freshMarks;
    this.#freshMarks = [];
    this.#listener?.({
      type: 'tick',
      ...at,
      point,
      blocks,
      marks,
      failures: this.#failures.take(),
      deaths: this.#deaths.take(),
      conflicts: this.#conflicts.take(),
      retries: Object.fromEntries(this.#retries),
      tree: n % TREE_EVERY === 0 ? this.#tree.take(this.#options.tree()) : null,
      servers: n % TREE_EVERY === 0 ? this.#servers.take(shownServers(this.#options.reveal)) : null,
    });
  }
}
