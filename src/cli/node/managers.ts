import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inheritedFlags } from '../../core/inherited-flags.ts';
import { Backoff } from '../../core/restart/backoff.ts';
import { systemClock } from '../../core/time/system-clock.ts';
import { boundToParent } from '../run/job/bound-to-parent.ts';
import type { FromJobManager, JobNews, ToManager } from './manager-messages.ts';

const ENTRY = fileURLToPath(new URL('./manager-process.js', import.meta.url));
/** One that dies again and again waits longer and longer; it is never given up, because the job that it dies of may not be the next. */
const RESTART = { minTimeout: 100, maxTimeout: 5_000, resetAfter: 60_000 };

/** A manager cannot wait for jobs: a package is missing, or Redis is not fit. */
export class ManagerUnableError extends Error {}

export interface ManagersOptions {
  readonly count: number;
  readonly begin: Omit<ToManager & { type: 'begin' }, 'type'>;
  onNews(news: JobNews): void;
  onDeath(pid: number, why: string): void;
}

/** The processes of a node that manage durable jobs. */
export class Managers {
  readonly #slots: readonly ManagerSlot[];

  constructor(options: ManagersOptions) {
    this.#slots = Array.from({ length: options.count }, () => new ManagerSlot(options));
  }

  /** Resolves when all of them wait for jobs. @throws {Error} if one cannot */
  async start(): Promise<void> {
    try {
      await Promise.all(this.#slots.map((slot) => slot.start()));
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Resolves when what they have is finished, or given back. */
  async drain(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.drain()));
  }

  /** Ends them now: other managers go on from the journals. */
  stop(): void {
    for (const slot of this.#slots) slot.stop();
  }
}

/** A place for one manager: a new process follows whenever one has ended. */
class ManagerSlot {
  readonly #options: ManagersOptions;
  readonly #backoff = new Backoff(RESTART, systemClock);
  /** `starting`: none has waited for jobs yet. */
  #state: 'starting' | 'open' | 'closed' = 'starting';
  #child: ChildProcess | undefined;

  constructor(options: ManagersOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#launch(resolve, reject));
  }

  async drain(): Promise<void> {
    this.#state = 'closed';
    if (this.#child === undefined) return;
    const exited = once(this.#child, 'exit');
    this.#child.send({ type: 'drain' } satisfies ToManager, () => {});
    await exited;
  }

  stop(): void {
    this.#state = 'closed';
    this.#child?.kill('SIGKILL');
  }

  /** @param ready called when it waits for jobs; `unable`: with why it cannot */
  #launch(ready: () => void, unable: (error: Error) => void): void {
    const { command, args } = boundToParent(process.execPath, [...inheritedFlags(), ENTRY]);
    // Away from the terminal's group: what Ctrl-C means is decided by the node. What it prints is kept out of the node's log.
    const child = spawn(command, args, { stdio: ['ignore', 2, 2, 'ipc'], detached: true });
    const { onNews, onDeath, begin } = this.#options;
    this.#child = child;
    let over = false;
    let why: string | undefined;
    child.on('message', (message: FromJobManager) => {
      if (message.type === 'ready') {
        if (this.#state === 'starting') this.#state = 'open';
        ready();
      } else if (message.type === 'unable') why = message.message;
      else {
        over ||= message.news.state === 'ended' || message.news.state === 'given back';
        onNews(message.news);
      }
    });
    const gone = (how: string): void => {
      if (this.#child !== child) return;
      this.#child = undefined;
      unable(new ManagerUnableError(why ?? `The manager (process ${child.pid}) died: ${how}.`));
      if (this.#state !== 'open') return;
      if (!over) onDeath(child.pid ?? 0, why ?? how);
      if (over) this.#backoff.reset();
      setTimeout(() => this.#state === 'open' && this.#launch(ignore, ignore), this.#backoff.next());
    };
    child.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`));
    child.once('error', (error) => gone(error.message));
    child.send({ type: 'begin', ...begin } satisfies ToManager, ignore);
  }
}

const ignore = (): void => {};
