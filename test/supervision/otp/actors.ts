import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import { type ExitReason, ignore, type RunningChild, type Started } from '../../../src/supervision/index.ts';
import type { DeathKind, Manners, Move } from './scenario.ts';

/** A child that is alive until it has to die, and logs what its supervisor does to it. */
class Actor implements RunningChild {
  readonly exited: Promise<ExitReason>;
  alive = true;
  asked = false;
  readonly where: string;
  readonly #world: Actors;
  readonly #id: string;
  readonly #manners: Manners;
  #resolve!: (reason: ExitReason) => void;

  constructor(world: Actors, where: string, id: string, manners: Manners) {
    this.#world = world;
    this.where = where;
    this.#id = id;
    this.#manners = manners;
    this.exited = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  die(kind: DeathKind): void {
    this.alive = false;
    this.#resolve(kind === 'error' ? { kind, error: new Error('boom') } : { kind });
  }

  stop(): void {
    if (!this.alive) return;
    this.asked = true;
    this.#world.tell(this.where, `stop ${this.#id}`);
    if (this.#manners === 'prompt') this.die('shutdown');
    else if (this.#manners !== 'deaf') this.#world.clock.setTimeout(() => this.die('shutdown'), this.#manners);
  }

  kill(): void {
    if (!this.alive) return;
    this.#world.tell(this.where, `kill ${this.#id}`);
    this.die('killed');
  }
}

/** All workers of one scenario, and the log of what is done to them. */
export class Actors {
  readonly clock: VirtualClock = new VirtualClock();
  readonly #moves: Map<string, Move[]>;
  readonly #latest = new Map<string, Actor>();
  readonly #slow = new Map<string, (how: 'ok' | 'fail') => void>();
  #log: string[] = [];

  constructor(moves: Readonly<Record<string, readonly Move[]>>) {
    this.#moves = new Map(Object.entries(moves).map(([id, all]) => [id, [...all]]));
  }

  tell(where: string, what: string): void {
    this.#log.push(`${where}: ${what}`);
  }

  takeLog(): string[] {
    return this.#log.splice(0);
  }

  start(where: string, id: string, manners: Manners): Started | Promise<Started> {
    const move = this.#moves.get(id)?.shift() ?? 'ok';
    this.tell(where, `start ${id}${move === 'ok' ? '' : ` ${move}`}`);
    if (move === 'fail') throw new Error('failed');
    if (move === 'ignore') return ignore;
    if (move === 'ok') return this.#enter(where, id, manners);
    return new Promise((resolve, reject) => {
      this.#slow.set(id, (how) => (how === 'ok' ? resolve(this.#enter(where, id, manners)) : reject(new Error('failed'))));
    });
  }

  #enter(where: string, id: string, manners: Manners): Actor {
    const actor = new Actor(this, where, id, manners);
    this.#latest.set(id, actor);
    return actor;
  }

  arrive(id: string, how: 'ok' | 'fail'): void {
    const arrive = this.#slow.get(id)!;
    this.#slow.delete(id);
    arrive(how);
  }

  die(id: string, kind: DeathKind): void {
    this.#latest.get(id)!.die(kind);
  }

  /** The supervisor of a worker. */
  whereOf(id: string): string {
    return this.#latest.get(id)!.where;
  }

  /** Whose start has not come back. */
  get slow(): string[] {
    return [...this.#slow.keys()];
  }

  /** Whether a slow start may still come. */
  get mayBeSlow(): boolean {
    return [...this.#moves.values()].some((moves) => moves.includes('slow'));
  }

  get living(): string[] {
    return [...this.#latest].filter(([, { alive }]) => alive).map(([id]) => id);
  }

  /** Whether a child was asked to stop, and has not. */
  get stopping(): boolean {
    return [...this.#latest.values()].some(({ alive, asked }) => alive && asked);
  }
}
