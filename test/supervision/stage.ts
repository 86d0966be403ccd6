import { VirtualClock } from '../../src/faults/virtual-clock.ts';
import {
  type ChildSettings,
  type ChildSpec,
  type ExitReason,
  ignore,
  type RunningChild,
  type StartContext,
  type Started,
  Supervisor,
  type SupervisorOptions,
  type SupervisorReport,
} from '../../src/supervision/index.ts';

/** How an actor takes being stopped: at once, after this many milliseconds, only when killed, or not at all. */
export type Manners = 'prompt' | 'deaf' | 'dead' | number;

/** What the next start of a child does. */
export type StartMove = 'ok' | 'slow' | 'fail' | 'ignore';

export const crash = (message = 'boom'): ExitReason => ({ kind: 'error', error: new Error(message) });

/** A child that lives on the stage: it dies when it has to, and keeps the stage's log. */
export class Actor implements RunningChild {
  readonly id: string;
  readonly exited: Promise<ExitReason>;
  alive = true;
  readonly #stage: Stage;
  readonly #manners: Manners;
  #resolve!: (reason: ExitReason) => void;

  constructor(stage: Stage, id: string, manners: Manners) {
    this.id = id;
    this.#stage = stage;
    this.#manners = manners;
    this.exited = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Dies by itself, or of what was done to it; only once. */
  die(reason: ExitReason = crash()): void {
    if (!this.alive) return;
    this.alive = false;
    this.#stage.log.push(`${this.id} exits ${reason.kind}`);
    this.#resolve(reason);
  }

  stop(): void {
    this.#stage.log.push(`stop ${this.id}`);
    if (this.#manners === 'prompt') this.die({ kind: 'shutdown' });
    else if (typeof this.#manners === 'number') this.#stage.clock.setTimeout(() => this.die({ kind: 'shutdown' }), this.#manners);
  }

  kill(): void {
    this.#stage.log.push(`kill ${this.id}`);
    if (this.#manners !== 'dead') this.die({ kind: 'killed' });
  }
}

/** A virtual clock, scripted children and a log of all that happens to them. */
export class Stage {
  readonly clock: VirtualClock = new VirtualClock();
  readonly log: string[] = [];
  readonly reports: SupervisorReport[] = [];
  readonly #actors = new Map<string, Actor[]>();
  readonly #moves = new Map<string, StartMove[]>();
  readonly #arrivals = new Map<string, (move: 'ok' | 'fail') => void>();

  /** What the next starts of a child do; after them all go well. */
  script(id: string, ...moves: StartMove[]): void {
    this.#moves.set(id, moves);
  }

  /** Lets a `slow` start come back. */
  arrive(id: string, move: 'ok' | 'fail' = 'ok'): Promise<void> {
    const arrive = this.#arrivals.get(id)!;
    this.#arrivals.delete(id);
    arrive(move);
    return this.settle();
  }

  /** Whether a `slow` start of that id has not come back. */
  isSlow(id: string): boolean {
    return this.#arrivals.has(id);
  }

  spec(id: string, settings: ChildSettings & { manners?: Manners } = {}): ChildSpec {
    const { manners = 'prompt', ...rest } = settings;
    return { ...rest, id, start: (context) => this.start(context, manners) };
  }

  start(context: StartContext, manners: Manners = 'prompt'): Started | Promise<Started> {
    const { id } = context;
    const move = this.#moves.get(id)?.shift() ?? 'ok';
    this.log.push(move === 'ok' ? `start ${id}` : `start ${id} (${move})`);
    if (move === 'fail') throw new Error(`${id} cannot start`);
    if (move === 'ignore') return ignore;
    if (move === 'ok') return this.#enter(id, manners);
    context.signal.addEventListener('abort', () => this.log.push(`start ${id} aborted`));
    return new Promise((resolve, reject) => {
      this.#arrivals.set(id, (how) => (how === 'ok' ? resolve(this.#enter(id, manners)) : reject(new Error(`${id} cannot start`))));
    });
  }

  #enter(id: string, manners: Manners): Actor {
    const actor = new Actor(this, id, manners);
    const actors = this.#actors.get(id);
    if (actors === undefined) this.#actors.set(id, [actor]);
    else actors.push(actor);
    return actor;
  }

  /** The youngest actor of that id. */
  actor(id: string): Actor {
    return this.#actors.get(id)!.at(-1)!;
  }

  get living(): string[] {
    const all = [...this.#actors.values()].flat();
    return all.filter((actor) => actor.alive).map((actor) => actor.id);
  }

  supervisor<A = never>(options: SupervisorOptions<A>): Supervisor<A> {
    return new Supervisor<A>({ clock: this.clock, report: (report) => this.reports.push(report), ...options });
  }

  /** A supervisor of prompt, permanent children that runs already; the log starts after that. Restarts have no delay, unless told. */
  async running(options: SupervisorOptions, ...children: (string | ChildSpec)[]): Promise<Supervisor> {
    const specs = children.map((child) => (typeof child === 'string' ? this.spec(child) : child));
    const supervisor = await this.supervisor({ restart: { minTimeout: 0 }, ...options, children: specs }).start();
    this.takeLog();
    return supervisor;
  }

  /** Lets an actor die, and all that follows at this very instant happen. */
  async kill(id: string, reason: ExitReason = crash()): Promise<void> {
    this.actor(id).die(reason);
    await this.settle();
  }

  /** Lets everything that is due now happen, timers without delay included. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  /** The log so far; a new one begins. */
  takeLog(): string[] {
    return this.log.splice(0);
  }

  events(event: SupervisorReport['event']): SupervisorReport[] {
    return this.reports.filter((report) => report.event === event);
  }
}

/** `id:state` of all children, in the order of start. */
export function states(supervisor: Pick<Supervisor, 'which'>): string {
  const all = supervisor.which();
  return all.map(({ id, state }) => `${id}:${state}`).join(' ');
}

/** Whether the promise has settled by now. */
export async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const mark = (): void => {
    done = true;
  };
  promise.then(mark, mark);
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

/** The codes (or names) of an error and its causes, outermost first. */
export function chain(error: unknown): string[] {
  const codes: string[] = [];
  for (let one = error; one instanceof Error; one = one.cause) codes.push((one as { code?: string }).code ?? one.name);
  return codes;
}
