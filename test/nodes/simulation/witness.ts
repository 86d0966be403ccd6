import { NoQuorumError, PoolClosedError, type PoolFailedError, TimeoutError, WorkerCrashError } from '../../../src/core/errors.ts';
import type { PoolEvents } from '../../../src/core/events.ts';
import type { AttemptRecord, Failure } from '../../../src/core/failure.ts';
import type { Task } from '../../../src/core/task.ts';
import type { Place } from '../simulated/far-thread.ts';
import { Aftermath } from './aftermath.ts';
import type { Ground } from './ground.ts';
import type { SimNode } from './sim-node.ts';
import { keyOf, type Start, Truth } from './truth.ts';

/** Compares what a pool on nodes does and says with what really happened, at the moment it happens. */
export class Witness {
  readonly #world: Ground;
  readonly truths: Truth[] = [];
  /** By the pool's own number. */
  readonly #byId = new Map<number, Truth>();
  /** Threads whose end the pool has told of. */
  readonly #ended = new Set<number>();
  readonly outcomes: Map<string, number> = new Map();
  readonly #aftermath: Aftermath;
  /** Sessions that the pool has told to be lost. */
  losses = 0;
  open = 0;
  settled = 0;
  /** Runs beyond the first of an attempt, each after its thread was lost. */
  reruns = 0;
  closing = false;
  lastSettledAt = 0;

  constructor(world: Ground) {
    this.#world = world;
    this.#aftermath = new Aftermath(world);
  }

  submitted(once: boolean): Truth {
    const truth = new Truth(this.truths.length, once, this.#world.now, this.losses);
    this.truths.push(truth);
    this.open++;
    return truth;
  }

  accepted(task: Task): void {
    const truth = this.truths[uidOf(task.input)]!;
    truth.id = task.id;
    this.#byId.set(task.id, truth);
  }

  // ---- what nodes do

  began(node: SimNode, { threadId }: Place, input: unknown, attempt: number, replica: number): Start {
    const { now, journal, climate } = this.#world;
    const truth = this.truths[uidOf(input)]!;
    journal.note('started', threadId, truth.uid, attempt * 16 + replica);
    const start: Start = { attempt, replica, threadId, node, at: now, endedAt: -1, fate: 'running' };
    if (truth.once && truth.starts.length > 0) this.#fail(`task ${truth.uid} was started again, and it may be started only once`);
    for (const before of truth.startsOf(attempt, replica)) {
      this.reruns++;
      // A node that wakes up may begin something before it learns that it was given up. A result that waits behind another task is not waited for.
      if (!this.#ended.has(before.threadId) && !this.#ended.has(threadId) && before.fate === 'running')
        this.#fail(`attempt ${attempt} of task ${truth.uid} was started again, and it still ran on thread ${before.threadId}`);
    }
    if (!climate.votes && attempt > 1 + climate.retries) this.#fail(`attempt ${attempt} of task ${truth.uid} was started`);
    if (node.kind.version !== undefined) this.#fail(`a node of another version runs task ${truth.uid}`);
    if (climate.votes && climate.nodes.spread === 'require') this.#spread(truth, start);
    const barred = this.#aftermath.began(node, threadId);
    if (barred !== undefined) this.#fail(`task ${truth.uid} ${barred}`);
    truth.starts.push(start);
    return start;
  }

  /** No two copies of a task that have a ballot, or may have one, in one domain. */
  #spread(truth: Truth, start: Start): void {
    for (const other of truth.starts)
      if (other.replica !== start.replica && this.#mayVote(other) && other.node.domain === start.node.domain)
        this.#fail(`copies ${other.replica} and ${start.replica} of task ${truth.uid} run in one domain`);
  }

  #mayVote(start: Start): boolean {
    return (start.fate === 'running' || start.fate === 'returned') && !this.#aftermath.wasLost(start);
  }

  ended(start: Start, how: Exclude<Start['fate'], 'running'>): void {
    start.fate = how;
    start.endedAt = this.#world.now;
    this.#lingers(start);
  }

  /** Nothing of a session that is over goes on. */
  nothingLingers(): void {
    for (const { starts } of this.truths) for (const start of starts) if (start.fate === 'running') this.#lingers(start);
  }

  #lingers(start: Start): void {
    const wrong = this.#aftermath.lingers(start);
    if (wrong !== undefined) this.#fail(`attempt ${start.attempt} on thread ${start.threadId} ${wrong}`);
  }

  // ---- what the pool does and says

  settling(task: Task, value: unknown, failure: Failure | undefined): boolean {
    if (task.state !== 'open') return false;
    const truth = this.#byId.get(task.id)!;
    const outcome = failure === undefined ? 'fulfilled' : failure.kind;
    if (truth.outcome !== undefined) this.#fail(`task ${truth.uid} has settled twice: ${truth.outcome}, then ${outcome}`);
    truth.outcome = outcome;
    this.open--;
    this.settled++;
    this.lastSettledAt = this.#world.now;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.#world.journal.note('settled', truth.uid, outcome.length * 64 + outcome.charCodeAt(0));
    this.#world.journal.remark(() => `${outcome} ${failure === undefined ? '' : String(failure.error)}`);
    const wrong = failure === undefined ? this.#wrongValue(truth, value) : this.#wrongRejection(truth, task.history ?? [], failure.error);
    if (wrong !== undefined) this.#fail(`task ${truth.uid} has settled (${outcome}), and ${wrong}`);
    return true;
  }

  /** Executions that have begun. */
  get runs(): number {
    return this.truths.reduce((sum, { starts }) => sum + starts.length, 0);
  }

  told(truth: Truth): void {
    if (truth.told) this.#fail(`the caller of task ${truth.uid} was told twice`);
    if (truth.outcome === undefined) {
      // It was never accepted.
      this.open--;
      if (!this.closing) this.#fail(`task ${truth.uid} was refused`);
    }
    truth.told = true;
  }

  #wrongValue(truth: Truth, value: unknown): string | undefined {
    if (this.#world.climate.votes) return value === truth.right ? undefined : `its answer is ${String(value)} in place of ${truth.right}`;
    const [uid, index] = value as readonly [number, number];
    const start = truth.starts[index];
    if (uid !== truth.uid || start === undefined) return `it was given the answer of task ${uid}`;
    if (start.fate !== 'returned') return `it was given an answer of an attempt that ${start.fate}`;
    return truth.failed.has(keyOf(start.attempt, start.replica)) ? 'it was given the answer of an attempt that was given up' : undefined;
  }

  #wrongRejection(truth: Truth, history: readonly AttemptRecord[], error: unknown): string | undefined {
    if (error instanceof PoolClosedError) return this.closing ? undefined : 'nobody has closed the pool';
    for (const record of history) {
      const wrong = this.#unexplained(truth, record);
      if (wrong !== undefined) return `attempt ${record.attempt} is said to have failed by ${record.kind}, and ${wrong}`;
    }
    const { climate } = this.#world;
    if (error instanceof NoQuorumError) return climate.votes ? undefined : 'it has no copies';
    if (error instanceof TimeoutError && error.phase !== 'run') return 'it has no such limit';
    if ((error as PoolFailedError).code === 'ERR_POOL_FAILED') return 'nothing has made the pool fail';
    const last = history.at(-1);
    if (last === undefined) return `nothing is said of its attempts: ${String(error)}`;
    if (!climate.votes && last.attempt <= climate.retries && !truth.once) return `it had ${climate.retries} retries`;
    return undefined;
  }

  /** No task pays for what a neighbour, a node or the network has done, unless it was seen to be in the middle of it. */
  #unexplained(truth: Truth, { attempt, replica, kind, error }: AttemptRecord): string | undefined {
    const starts = truth.startsOf(attempt, replica);
    const { now, climate } = this.#world;
    switch (kind) {
      case 'error':
        return starts.some(({ fate }) => fate === 'threw') ? undefined : 'it did not throw';
      case 'timeout':
        return starts.some(({ at, endedAt }) => (endedAt < 0 ? now : endedAt) - at >= climate.runLimit - 1)
          ? undefined
          : 'it has not run that long';
      case 'crash':
        return this.#unexplainedCrash(truth, starts, error);
      default:
        return 'nothing of that kind happens here';
    }
  }

  #unexplainedCrash(truth: Truth, starts: readonly Start[], error: unknown): string | undefined {
    if (starts.some(({ fate }) => fate === 'crashed')) return undefined;
    if (!(error instanceof WorkerCrashError) || error.node === undefined)
      return truth.once || starts.some(({ fate }) => fate === 'killed') ? undefined : 'its thread did not crash';
    if (truth.once && !this.#world.departures.has(truth.id)) return 'it never left the manager';
    // What was seen to run when its node was lost pays a retry; so does what may run only once, and what has lost a node before.
    if (starts.some(({ node }) => node.agent.id === error.node) || truth.once) return undefined;
    return this.losses - truth.lostBefore >= 2 ? undefined : 'it had not begun on the node that was lost';
  }

  retried({ taskId, failed }: PoolEvents['retry']): void {
    const truth = this.#byId.get(taskId)!;
    truth.failed.add(keyOf(failed.attempt, failed.replica));
    const wrong = this.#unexplained(truth, failed);
    if (wrong !== undefined)
      this.#fail(`attempt ${failed.attempt} of task ${truth.uid} is said to have failed by ${failed.kind}, and ${wrong}`);
  }

  threadEnded(event: PoolEvents['workerExit']): void {
    this.#ended.add(event.threadId);
    this.#aftermath.threadEnded(event);
  }

  nodeDown({ node: id, reason, error }: PoolEvents['nodeDown']): void {
    const { journal } = this.#world;
    const node = this.#world.nodes.find(({ agent }) => agent.id === id)!;
    journal.note(`down:${reason}`, node.number);
    journal.remark(() => error.message);
    this.losses++;
    const wrong = this.#world.innocent(node, reason, error.message);
    if (wrong !== undefined) this.#fail(`node ${node.number} is said to be ${reason} (${error.message}), and ${wrong}`);
  }

  #fail(what: string): void {
    this.#world.fail(what);
  }
}

export const uidOf = (input: unknown): number => (typeof input === 'number' ? input : (input as { readonly uid: number }).uid);
