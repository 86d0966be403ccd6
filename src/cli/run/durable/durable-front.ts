import { setTimeout as delay } from 'node:timers/promises';
import { BatchError, type BatchProgress, type BatchSummary } from '../../../batch/index.ts';
import { nodeDisk } from '../../../batch/machine/node-disk.ts';
import { type Clock, MAX_DELAY } from '../../../core/clock.ts';
import { Latch } from '../../../core/latch.ts';
import { JobBoard, type Standing } from '../../../durable/board.ts';
import { type Client, connect, hangUp } from '../../../durable/connect.ts';
import { JobQueue, loadBullMQ } from '../../../durable/queue.ts';
import type { Display } from '../display/screen.ts';
import { failureMessage } from '../job/run-request.ts';
import type { FromManager, RunRequest } from '../messages.ts';
import type { Outcome, StopSignal } from '../outcome.ts';
import { lines, shown } from '../words.ts';
import { leaveProof, type Prepared, prepare, removeProof } from './prepare.ts';
import { Story } from './story.ts';

export interface DurableFrontOptions {
  readonly request: RunRequest;
  readonly display: Display;
  readonly clock: Clock;
}

/** Milliseconds between two looks. */
const LOOK = 250;
/** Milliseconds that a look may take before the command says that Redis does not answer. */
const SLOW = 2_000;
/** Looks between two renewals of what is kept in Redis, … */
const RENEW = 40;
/** … and without a manager after which it is seen whether BullMQ still has the job. */
const MISSING = 12;

/** How a manager says that a job has ended. */
type Ended =
  | { readonly how: 'ended'; readonly summary: BatchSummary }
  | ({ readonly how: 'failed' } & Omit<FromManager & { type: 'failed' }, 'type'>)
  | { readonly how: 'killed' };

type State =
  | { readonly at: 'following' }
  | { readonly at: 'draining'; readonly signal: StopSignal }
  | { readonly at: 'killing'; readonly signal: StopSignal }
  | { readonly at: 'leaving'; readonly signal: StopSignal };

/** The command line's side of a durable job: puts it, shows what its managers say, and hands on that it shall stop. */
export class DurableFront {
  readonly #options: DurableFrontOptions;
  readonly #story: Story;
  #state: State = { at: 'following' };
  #wake: (() => void) | undefined;
  /** This command was asked to end; and not to wait for anything. */
  readonly #stopping = new Latch<'stopping'>();
  readonly #leaving = new Latch<'leaving'>();
  readonly #aborter = new AbortController();
  #prepared!: Prepared;
  #client: Client | undefined;
  #board!: JobBoard;
  #queue!: JobQueue;
  #progress: BatchProgress | undefined;
  #begun = false;
  #ordered = '';
  /** Looks since a manager had the job. */
  #missing = 0;
  /** Looks in a row at which its folder was gone. */
  #gone = 0;

  constructor(options: DurableFrontOptions) {
    this.#options = options;
    this.#story = new Story((line) => options.display.print(shown(line)), options.clock);
  }

  /** Resolves when the job is over, or when it goes on without this command. */
  async run(): Promise<Outcome> {
    const alive = setInterval(() => {}, MAX_DELAY); // While Redis does not answer, nothing else keeps this process alive.
    try {
      // A Redis that does not answer holds up no Ctrl-C.
      if ((await Promise.race([this.#connect(), this.#stopping.promise])) === 'stopping') return { how: 'killed', signal: this.#signal };
      if ((await Promise.race([this.#put(), this.#leaving.promise])) === 'leaving') return { how: 'left', signal: this.#signal };
      return await this.#follow();
    } catch (error) {
      const { type: _, ...failure } = failureMessage(error);
      return { how: 'failed', ...failure };
    } finally {
      clearInterval(alive);
      this.#options.display.stop();
      this.#aborter.abort();
      if (this.#client !== undefined) hangUp(this.#client);
    }
  }

  /** A closed terminal leaves the job to itself. Otherwise the first call lets what has begun finish; the second ends everything at once. */
  stop(signal: StopSignal): void {
    const { display } = this.#options;
    if (signal === 'SIGHUP') this.#state = { at: 'leaving', signal };
    else if (this.#state.at === 'following') {
      this.#state = { at: 'draining', signal };
      display.print(`Stopping: ${lines(this.#progress?.open ?? 0)} on the way will be finished first. Once more (Ctrl-C) stops at once.`);
    } else this.#state = { at: this.#state.at === 'killing' ? 'leaving' : 'killing', signal };
    this.#stopping.open('stopping');
    if (this.#state.at === 'leaving') this.#leaving.open('leaving');
    this.#wake?.();
  }

  get #signal(): StopSignal {
    return this.#state.at === 'following' ? 'SIGTERM' : this.#state.signal;
  }

  async #connect(): Promise<void> {
    this.#prepared = await prepare(this.#options.request);
    const { broker, keys } = this.#prepared;
    await loadBullMQ();
    this.#client = await connect(broker, undefined, this.#aborter.signal);
    this.#board = new JobBoard(this.#client, keys, broker.shown);
    this.#queue = await JobQueue.open(this.#client, keys.prefix);
  }

  async #put(): Promise<void> {
    const { id, put, resume } = this.#prepared;
    const standing = (await this.#board.put(id, put, { begun: false })) ? undefined : await this.#board.look(id);
    // It is this very job if the connection broke before Redis could say that it was put.
    if (standing === undefined || standing.nonce === put.nonce) return await this.#enqueue();
    if (!resume || standing.likeness !== put.likeness) throw taken(standing, resume);
    this.#options.display.print('This job is under way already; this command follows it.');
    this.#prepared = { ...this.#prepared, put: { ...put, nonce: standing.nonce } };
  }

  async #enqueue(): Promise<void> {
    const { id, put } = this.#prepared;
    try {
      await leaveProof(put);
      await this.#queue.add(id);
    } catch (error) {
      await this.#board.callOff(id, put.nonce, { how: 'killed' });
      throw error;
    }
  }

  async #follow(): Promise<Outcome> {
    for (let n = 1; ; n++) {
      const ended = await Promise.race([this.#look(n), this.#told()]);
      if (ended !== undefined) return ended;
      await Promise.race([delay(LOOK), this.#told()]);
    }
  }

  /** Resolves when this command is asked for something. */
  #told(): Promise<undefined> {
    return new Promise((resolve) => {
      this.#wake = () => resolve(undefined);
    });
  }

  async #look(n: number): Promise<Outcome | undefined> {
    if (this.#state.at === 'leaving') return { how: 'left', signal: this.#state.signal };
    const { id, put } = this.#prepared;
    const slow = setTimeout(() => this.#story.brokerSilent(), SLOW);
    try {
      const standing = await this.#board.look(id);
      this.#story.brokerAnswers();
      if (standing === undefined) return await this.#putAgain();
      if (standing.nonce !== put.nonce) throw taken(standing, false);
      for (const note of await this.#board.notes(id, this.#story.lastNote)) this.#story.note(note);
      this.#show(standing);
      if (standing.outcome !== undefined) return await this.#ended(standing.outcome as Ended, standing.ms);
      const called = await this.#order(standing);
      if (called !== undefined) return called;
      await this.#keep(n, standing);
      return undefined;
    } finally {
      clearTimeout(slow);
    }
  }

  #show(standing: Standing): void {
    this.#begun ||= standing.begun;
    this.#story.managers(standing);
    if (standing.progress === undefined) return;
    this.#progress = standing.progress as BatchProgress;
    this.#options.display.progress(this.#progress);
  }

  /** Hands on what this command was asked for. If no manager has the job, it ends here. */
  async #order({ held }: Standing): Promise<Outcome | undefined> {
    const { id, put } = this.#prepared;
    if (this.#state.at !== 'draining' && this.#state.at !== 'killing') return undefined;
    const order = this.#state.at === 'draining' ? 'drain' : 'stop';
    if (this.#ordered !== order) await this.#board.order(id, order);
    this.#ordered = order;
    if (held || !(await this.#board.callOff(id, put.nonce, { how: 'killed' }))) return undefined;
    await this.#queue.remove(id);
    await removeProof(put);
    return { how: 'killed', signal: this.#state.signal };
  }

  /** Sees to it that Redis keeps the job, and that BullMQ has it. */
  async #keep(n: number, { held }: Standing): Promise<void> {
    const { id } = this.#prepared;
    if (n % MISSING === 0) await this.#keepFolder(held);
    this.#missing = held ? 0 : this.#missing + 1;
    if (this.#missing % MISSING === MISSING - 1 && !(await this.#queue.has(id))) await this.#queue.add(id);
    if (n % RENEW !== 0) return;
    await this.#board.renew(id);
    await this.#queue.renew();
  }

  /** No manager takes a job whose folder is gone. @throws {BatchError} `ERR_BATCH_OUTPUT` once that is so at two looks in a row */
  async #keepFolder(held: boolean): Promise<void> {
    const { id, put } = this.#prepared;
    this.#gone = (await nodeDisk.facts(put.proof).catch(() => null)) === undefined ? this.#gone + 1 : 0;
    if (held || this.#gone < 2 || !(await this.#board.callOff(id, put.nonce, { how: 'killed' }))) return;
    await this.#queue.remove(id);
    const message = `${put.proof} is gone, or its folder: no manager can go on with the job without it. What was recorded is as it was left.`;
    throw new BatchError('ERR_BATCH_OUTPUT', message, { phase: 'during' });
  }

  /** Redis has lost the job: it was restarted without its data. */
  async #putAgain(): Promise<undefined> {
    const { id, put } = this.#prepared;
    this.#story.lost();
    if (await this.#board.put(id, put, { begun: this.#begun })) await this.#enqueue();
    return undefined;
  }

  async #ended(ended: Ended, ms: number | undefined): Promise<Outcome> {
    await removeProof(this.#prepared.put);
    if (ended.how === 'failed') return ended;
    const signal = this.#signal;
    if (ended.how === 'killed') return { how: 'killed', signal };
    const summary = { ...ended.summary, ms: ms ?? ended.summary.ms };
    return summary.outcome === 'complete' ? { how: 'complete', summary } : { how: 'drained', summary, signal };
  }
}

function taken({ by, manager, held, out }: Standing, resume: boolean): BatchError {
  const who = held && manager !== undefined ? `process ${manager.pid} on ${manager.host} manages it` : 'it waits for a manager';
  const advice = resume
    ? 'That job is another one than this: its options, its task or its inputs are not the same. Wait for it.'
    : 'Say resume to follow that job, or name another output.';
  return new BatchError(
    'ERR_BATCH_LOCKED',
    `Another durable job writes ${out}: process ${by.pid} on ${by.host} has put it, and ${who}. ${advice}`,
  );
}
