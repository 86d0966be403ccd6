import type { BatchProgress, BatchSummary } from '../../batch/index.ts';
import { type Clock, MAX_DELAY } from '../../core/clock.ts';
import { type ChildSpec, Supervisor, type SupervisorReport } from '../../supervision/index.ts';
import { type Carried, carriedFrom, NOTHING_CARRIED, ofAll } from './carried.ts';
import type { Display } from './display/screen.ts';
import { type Manager, ManagerDiedError, managerChild } from './job/job-process-child.ts';
import type { FromManager, RunRequest } from './messages.ts';
import type { Outcome, StopSignal } from './outcome.ts';
import { lines, shown } from './words.ts';

export interface FrontOptions {
  readonly request: RunRequest;
  readonly display: Display;
  readonly clock: Clock;
}

/** A manager may die so often within a minute; once more, and there is a reason that a restart does not mend. */
const RESTART = { intensity: 5, within: 60_000, minTimeout: 100, maxTimeout: 5_000 };

/** Milliseconds after a request to stop. A manager that has not begun with any line by then has nothing to finish. */
const BEGINNING_GRACE = 500;

type State =
  | { readonly at: 'running' }
  | { readonly at: 'draining'; readonly signal: StopSignal }
  | { readonly at: 'killing'; readonly signal: StopSignal };

/** The command line's side of a run: keeps a manager alive, shows what it says, and tells it when to stop. */
export class Front {
  readonly #options: FrontOptions;
  readonly #streams: { readonly stdin: boolean; readonly stdout: boolean };
  readonly #descriptors: readonly number[];
  #state: State = { at: 'running' };
  #supervisor: Supervisor | undefined;
  #manager: Manager | undefined;
  #ending: (FromManager & { type: 'ended' | 'failed' }) | undefined;
  /** Some manager has taken possession of the outputs: the next one goes on from there. */
  #begun = false;
  /** One of them has died: what a later one finds wrong before it begins stops a job that is half done. */
  #halfDone = false;
  #death: { readonly error: ManagerDiedError; readonly at: number } | undefined;
  #progress: BatchProgress | undefined;
  /** What the managers have counted that have died. */
  #carried: Carried = NOTHING_CARRIED;
  #startedAt = 0;
  /** Where the page was last. */
  #url = '';

  constructor(options: FrontOptions) {
    this.#options = options;
    const { input, out } = options.request.job;
    this.#streams = { stdin: [input].flat().includes('-'), stdout: out === '-' };
    this.#descriptors = options.request.descriptors;
  }

  /** Resolves when the run is over, however it ended. */
  async run(): Promise<Outcome> {
    const { clock, display } = this.#options;
    const report = (event: SupervisorReport) => this.#watch(event);
    const children = [this.#child()];
    const supervisor = new Supervisor({ id: 'run', children, restart: RESTART, autoShutdown: 'any_significant', clock, report });
    this.#supervisor = supervisor;
    this.#startedAt = clock.now();
    // Between the death of a manager and the start of the next one, nothing else keeps this process alive.
    const alive = clock.setTimeout(() => {}, MAX_DELAY);
    alive.ref();
    await supervisor.start();
    const reason = await supervisor.exited;
    clock.clearTimeout(alive);
    display.stop();
    return this.#outcome(reason.kind === 'error' ? reason.error : this.#death?.error);
  }

  /** The first call lets what has begun finish; the second ends everything at once. */
  stop(signal: StopSignal): void {
    if (this.#state.at === 'running') {
      this.#state = { at: 'draining', signal };
      this.#options.display.print(
        `Stopping: ${lines(this.#progress?.open ?? 0)} on the way will be finished first. Once more (Ctrl-C) stops at once.`,
      );
      this.#manager?.wake();
      this.#manager?.send({ type: 'drain' });
      const { clock } = this.#options;
      clock.setTimeout(() => {
        if (!this.#begun && this.#ending === undefined) this.#kill(signal);
      }, BEGINNING_GRACE);
    } else this.#kill(signal);
  }

  #kill(signal: StopSignal): void {
    this.#state = { at: 'killing', signal };
    this.#supervisor?.kill();
  }

  #child(): ChildSpec {
    const { stdin, stdout } = this.#streams;
    return managerChild({
      request: () => this.#request(),
      stdin,
      stdout,
      descriptors: this.#descriptors,
      // What was read from a pipe, or written to one, is gone.
      restartable: !stdin && !stdout && this.#descriptors.length === 0,
      onMessage: (message, pid) => this.#hear(message, pid),
      onPrinted: (text) => this.#options.display.pass(text),
      onStart: (manager) => {
        this.#manager = manager;
      },
    });
  }

  #request(): RunRequest {
    const { request } = this.#options;
    const carried = { ...this.#carried, managers: this.#carried.managers + 1 };
    this.#carried = carried;
    return this.#begun ? { ...request, carried, job: { ...request.job, resume: true, overwrite: false } } : { ...request, carried };
  }

  #hear(message: FromManager, pid: number): void {
    const { display } = this.#options;
    switch (message.type) {
      case 'begun':
        this.#begun = true;
        if (this.#death !== undefined) this.#wentOn(pid, this.#death);
        // It may have been asked to stop while there was no manager to tell.
        if (this.#state.at === 'draining') this.#manager?.send({ type: 'drain' });
        break;
      case 'progress':
        this.#carried = { ...this.#carried, earlier: this.#carried.earlier ?? message.progress.earlier };
        this.#progress = ofAll(message.progress, this.#carried);
        display.progress(this.#progress);
        break;
      case 'note':
        display.print(shown(message.text));
        break;
      case 'observer':
        if (message.url !== this.#url) {
          if (message.page) display.print(`Observer: ${message.url}`);
          display.print(`Metrics: ${message.url}metrics`);
        }
        this.#url = message.url;
        break;
      default:
        this.#ending = message;
    }
  }

  #wentOn(pid: number, death: { readonly error: ManagerDiedError; readonly at: number }): void {
    const { display, clock } = this.#options;
    const took = Math.round(clock.now() - death.at);
    display.print(`${death.error.message} Process ${pid} goes on from the journal after ${took} ms.`);
    this.#death = undefined;
  }

  #watch(event: SupervisorReport): void {
    if (event.event !== 'childExited' || event.reason.kind !== 'error') return;
    const { error } = event.reason;
    if (!(error instanceof ManagerDiedError)) return;
    this.#halfDone = this.#begun;
    this.#death = { error, at: this.#options.clock.now() };
    this.#carried = carriedFrom(this.#progress, this.#carried);
  }

  #outcome(error: unknown): Outcome {
    if (this.#ending?.type === 'ended') {
      const summary = this.#whole(this.#ending.summary);
      if (summary.outcome === 'complete' || this.#state.at === 'running') return { how: 'complete', summary };
      return { how: 'drained', summary, signal: this.#state.signal };
    }
    if (this.#ending !== undefined) return { how: 'failed', ...this.#ending, ...(this.#halfDone && { phase: 'during' as const }) };
    if (this.#state.at === 'killing') return { how: 'killed', signal: this.#state.signal };
    return {
      how: 'failed',
      phase: this.#begun ? 'during' : 'before',
      code: 'ERR_BATCH_MANAGER',
      message: this.#obituary(error),
      causes: [],
    };
  }

  /** The summary of the last manager, told for all of them. */
  #whole(summary: BatchSummary): BatchSummary {
    const ms = this.#options.clock.now() - this.#startedAt;
    return { ...ofAll(summary, this.#carried), ms, earlier: this.#carried.earlier ?? summary.earlier };
  }

  #obituary(error: unknown): string {
    const { stdin, stdout } = this.#streams;
    const why = error instanceof Error ? error.message : String(error);
    if (stdout) return `${why} What it had written cannot be known, so the job was not continued. Write to a file to be able to resume.`;
    if (stdin) return `${why} Standard input cannot be read again by another one. Feed it the same input again to resume.`;
    return `${why} What was done before that is safe.`;
  }
}
