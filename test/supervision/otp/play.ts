import { type ChildSpec, type StartContext, Supervisor, type SupervisorOptions, supervisorChild } from '../../../src/supervision/index.ts';
import { Actors } from './actors.ts';
import { isTree, type Scenario, type Step, type Tree, type Worker } from './scenario.ts';
import type { Call, Deed } from './terms.ts';

export interface Played {
  /** What was done, for the other side to do the same. */
  readonly deeds: readonly Deed[];
  /** What was logged: after the start, and after each deed. */
  readonly told: readonly string[];
  /** A transient supervisor gave up, which is no normal end here and one in OTP. */
  readonly transientGaveUp: boolean;
}

const ANSWERS: Readonly<Record<string, string>> = {
  ERR_CHILD_EXISTS: 'exists',
  ERR_CHILD_NOT_FOUND: 'not found',
  ERR_CHILD_NOT_STOPPED: 'not stopped',
  ERR_CHILD_START: 'failed',
  ERR_SUPERVISOR_STATE: 'gone',
};

/** Plays a scenario under a supervisor of ours. */
export class Player {
  readonly #scenario: Scenario;
  readonly #actors: Actors;
  readonly #supervisors = new Map<string, Supervisor<unknown>>();
  readonly #trees = new Map<string, Tree>();
  readonly #deeds: Deed[] = [];
  readonly #told: string[] = [];
  readonly #grouped: boolean;
  #answers: [n: number, answer: string][] = [];
  #calls = 0;
  #instances = 0;
  #transientGaveUp = false;
  /** Whether a child has died while the tree was starting. */
  #early = false;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#actors = new Actors(scenario.moves);
    const { top } = scenario;
    // Only there does everything wait for everything here as well.
    this.#grouped = /all|rest/.test(top.strategy) && !top.children.some(isTree);
  }

  async play(): Promise<Played> {
    const top = this.#make(this.#scenario.top);
    top.start().then(
      () => {
        this.#actors.tell('outside', 'started');
        return top.exited.then(() => this.#actors.tell('outside', 'gone'));
      },
      () => this.#actors.tell('outside', 'start failed'),
    );
    await this.#settle();
    for (const step of this.#scenario.steps) await this.#step(step);
    while (this.#busy) await this.#calm();
    await this.#do({ do: 'stop' });
    await this.#do({ do: 'advance', ms: 2_000 });
    return { deeds: this.#deeds, told: this.#told, transientGaveUp: this.#transientGaveUp };
  }

  #make(tree: Tree): Supervisor<unknown> {
    const supervisor = new Supervisor<unknown>(this.#optionsOf(tree));
    this.#supervisors.set(tree.id, supervisor);
    this.#trees.set(tree.id, tree);
    return supervisor;
  }

  #optionsOf({ id, strategy, intensity, within, auto, children }: Tree): SupervisorOptions<unknown> & { id: string } {
    const base = { id, strategy, restart: { intensity, within, minTimeout: 0 }, autoShutdown: auto, clock: this.#actors.clock };
    if (strategy !== 'simple_one_for_one') return { ...base, children: children.map((child) => this.#specOf(id, child)) };
    const { id: _, ...template } = this.#workerSpec(id, children[0] as Worker);
    return { ...base, template };
  }

  #specOf(where: string, child: Worker | Tree): ChildSpec {
    if (!isTree(child)) return this.#workerSpec(where, child);
    const { restart, significant } = child;
    const report: SupervisorOptions['report'] = ({ event, supervisor }) => {
      if (event === 'gaveUp' && supervisor === child.id && restart === 'transient') this.#transientGaveUp = true;
    };
    const spec = supervisorChild({ ...this.#optionsOf(child), report }, { restart, significant });
    this.#trees.set(child.id, child);
    return {
      ...spec,
      start: async (context) => {
        this.#actors.tell(where, `start ${child.id}`);
        const supervisor = (await spec.start(context)) as Supervisor<unknown>;
        this.#supervisors.set(child.id, supervisor);
        return supervisor;
      },
    };
  }

  #workerSpec(where: string, { id, restart, significant, shutdown, manners }: Worker): ChildSpec {
    const start = (context: StartContext) => this.#actors.start(where, context.id, manners);
    const never = Number.POSITIVE_INFINITY;
    return { id, restart, significant, shutdown, startTimeout: never, terminateTimeout: never, start };
  }

  get #busy(): boolean {
    return this.#actors.slow.length > 0 || this.#actors.stopping;
  }

  get #mayCall(): boolean {
    return this.#supervisors.get(this.#scenario.top.id)!.tree().state === 'running';
  }

  async #step(step: Step): Promise<void> {
    // Where OTP waits and we do not, nothing else is done meanwhile.
    while (this.#busy && !this.#grouped && !this.#mayDieEarly(step)) await this.#calm(step.do === 'arrive' ? step.how : 'ok');
    const deed = this.#deed(step);
    if (deed !== undefined) await this.#do(deed);
  }

  /** While a supervisor starts, a death waits here as well; but several are then seen to side by side. */
  #mayDieEarly(step: Step): boolean {
    if (step.do !== 'die' || this.#early || this.#mayCall || this.#actors.stopping || this.#actors.living.length === 0) return false;
    this.#early = true;
    return true;
  }

  async #calm(how: 'ok' | 'fail' = 'ok'): Promise<void> {
    const [slow] = this.#actors.slow;
    await this.#do(slow === undefined ? { do: 'advance', ms: 150 } : { do: 'arrive', id: slow, how });
  }

  #deed(step: Step): Deed | undefined {
    const { living, slow, mayBeSlow } = this.#actors;
    switch (step.do) {
      case 'die': {
        if (living.length === 0) return undefined;
        const who = [...new Set(step.who.map((n) => living[n % living.length]!))];
        // It is not defined which of two supervisors is faster. Under one, two that die at once are restarted side by side here, unless the
        // first restart is over before the second begins.
        const first = this.#actors.whereOf(who[0]!);
        const together = this.#grouped || !mayBeSlow ? who.filter((id) => this.#actors.whereOf(id) === first) : who.slice(0, 1);
        return { do: 'die', deaths: together.map((id) => [id, step.kind] as const) };
      }
      case 'arrive':
        return slow[0] === undefined ? undefined : { do: 'arrive', id: slow[0], how: step.how };
      case 'advance':
        return step;
      default:
        return this.#mayCall ? this.#call(step) : undefined;
    }
  }

  #call(step: Step & { do: 'call' | 'start' }): Deed | undefined {
    const trees = [...this.#trees.values()].filter(({ id }) => this.#supervisors.has(id));
    const { id: where, strategy, auto } = trees[step.at % trees.length]!;
    const call = (call: Call): Deed => ({ do: 'call', n: ++this.#calls, where, call });
    const simple = strategy === 'simple_one_for_one';
    if (step.do === 'start') {
      if (simple) return call({ to: 'instance', id: `i${++this.#instances}` });
      const { worker } = step;
      const id = (where === 'app' ? ['x', 'y', 'a'] : ['u', 'v', 'p'])[step.name]!;
      const significant = worker.significant && worker.restart !== 'permanent' && auto !== 'never';
      return call({ to: 'start', worker: { ...worker, id, significant } });
    }
    const ids = this.#supervisors
      .get(where)!
      .which()
      .map(({ id }) => id);
    const id = ids[step.child % (ids.length + 1)] ?? 'z';
    if (simple) return this.#actors.living.includes(id) ? call({ to: 'terminate_instance', id }) : undefined;
    // A start that is under way would be broken off.
    if (step.call === 'terminate' && this.#actors.slow.includes(id)) return undefined;
    return call({ to: step.call, id });
  }

  async #do(deed: Deed): Promise<void> {
    this.#deeds.push(deed);
    if (deed.do === 'die') for (const [id, kind] of deed.deaths) this.#actors.die(id, kind as 'normal');
    else if (deed.do === 'arrive') this.#actors.arrive(deed.id, deed.how as 'ok');
    else if (deed.do === 'advance') await this.#actors.clock.advance(deed.ms);
    else if (deed.do === 'stop') void this.#supervisors.get(this.#scenario.top.id)!.stop();
    else this.#made(deed);
    await this.#settle();
  }

  #made({ n, where, call }: Deed & { do: 'call' }): void {
    const supervisor = this.#supervisors.get(where)!;
    const made = {
      start: () => supervisor.startChild(this.#workerSpec(where, (call as { worker: Worker }).worker)),
      instance: () => supervisor.startInstance(undefined, (call as { id: string }).id),
      terminate_instance: () => supervisor.terminateChild((call as { id: string }).id),
      terminate: () => supervisor.terminateChild((call as { id: string }).id),
      restart: () => supervisor.restartChild((call as { id: string }).id),
      delete: () => supervisor.deleteChild((call as { id: string }).id),
    }[call.to]();
    const answered = (answer: string): void => {
      this.#answers.push([n, answer]);
    };
    made.then(
      () => answered('ok'),
      (error: { code?: string }) => answered(ANSWERS[error.code ?? ''] ?? String(error)),
    );
  }

  async #settle(): Promise<void> {
    await this.#actors.clock.advance(0);
    const log = this.#actors.takeLog();
    const answers = this.#answers.splice(0).map(([n, answer]) => `calls: ${n} ${answer}`);
    this.#told.push([...log, ...answers, ...(this.#busy ? ['busy'] : this.#states())].join(';'));
  }

  #states(): string[] {
    const alive = [...this.#supervisors].filter(([, supervisor]) => supervisor.tree().state === 'running').sort();
    return alive.map(([id, supervisor]) => {
      const { specs, active, supervisors, workers } = supervisor.count();
      const simple = this.#trees.get(id)!.strategy === 'simple_one_for_one';
      const children = simple ? [] : supervisor.which().map((child) => `${child.id}=${STATES[child.state] ?? child.state}`);
      return `${id}[${[...children, [specs, active, supervisors, workers].join('/')].join(' ')}]`;
    });
  }
}

const STATES: Readonly<Record<string, string>> = { running: 'up', stopped: 'down', restarting: 'restarting' };
