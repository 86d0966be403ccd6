import type { Clock } from '../../../src/core/clock.ts';
import { hash32, seeded } from '../../../src/core/random.ts';
import { drawClosedLoops } from '../caller/closed-loops.ts';
import { Journal } from '../checks/journal.ts';
import { drawLeftovers, type Leftovers } from '../weather/leftovers.ts';
import { Misbehaving } from '../weather/misbehaving.ts';
import { Pauses } from '../weather/pauses.ts';
import { withRefusedInputs } from '../weather/refused-inputs.ts';
import { Stalls } from '../weather/stalls.ts';
import { Teardowns } from '../weather/teardowns.ts';
import { UnreadInputs } from '../weather/unread-inputs.ts';
import { wallSteps } from '../weather/wall-steps.ts';
import { type Climate, drawClimate } from './climate.ts';
import { Dice } from './dice.ts';
import { drawElasticPool, type ElasticPool } from './elastic-pools.ts';
import { DEEDS, type Deed, type FaultName, SKY_FAULTS, type SkyFault } from './faults.ts';
import { Timeline } from './timeline.ts';

/** An invariant does not hold. */
export class Violation extends Error {
  static {
    this.prototype.name = 'Violation';
  }
}

export interface WorldOptions {
  readonly seed: number;
  /** Instead of the number that the seed draws. */
  readonly tasks?: number | undefined;
  readonly write?: ((line: string) => void) | undefined;
  /** The wall clock is right, whatever the seed says. */
  readonly steadyWall?: boolean | undefined;
}

/** Time, chance, weather and log of one seed. Each party has its own dice, so that one that rolls more often does not disturb the others. */
export class World {
  readonly seed: number;
  readonly climate: Climate;
  /** Callers that never pause. */
  readonly closedLoops: number;
  /** In this seed the number of threads is not fixed. */
  readonly elastic: ElasticPool | undefined;
  readonly timeline: Timeline;
  readonly pauses: Pauses;
  readonly stalls: Stalls;
  readonly leftovers: Leftovers;
  readonly leftoverDice: Dice;
  readonly misbehaving: Misbehaving;
  readonly unreadInputs: UnreadInputs;
  readonly teardowns: Teardowns;
  readonly journal: Journal;
  readonly threadDice: Dice;
  readonly lineDice: Dice;
  readonly callerDice: Dice;
  readonly skyDice: Dice;
  readonly retryDice: Dice;
  /** Faults strike only in the first of the two phases. */
  phase: 'safety' | 'liveness' = 'safety';
  violation: Violation | undefined;
  /** Milliseconds in which the manager could do nothing: blocks and jumps of the clock. */
  lostTime = 0;
  /** Threads that were started, wherever they live. */
  threadsStarted = 0;
  readonly #deeds: readonly (readonly [upTo: number, deed: (typeof DEEDS)[number]])[];
  readonly #sky: readonly (readonly [upTo: number, fault: SkyFault])[];

  constructor({ seed, tasks, write, steadyWall = false }: WorldOptions) {
    const dice = (purpose: number): Dice => new Dice(seeded(hash32(seed, purpose)));
    this.seed = seed;
    this.climate = withRefusedInputs(drawClimate(dice(1).next, tasks), dice(51));
    this.closedLoops = drawClosedLoops(dice(20), this.climate.pool.threads);
    this.elastic = drawElasticPool(dice(31), this.climate.pool.threads);
    this.timeline = new Timeline(dice(2).next);
    this.timeline.early = this.climate.earlyTimers;
    this.timeline.late = this.climate.lateTimers;
    this.journal = new Journal(() => this.timeline.now(), write);
    this.threadDice = dice(3);
    this.lineDice = dice(4);
    this.callerDice = dice(5);
    this.skyDice = dice(6);
    this.retryDice = dice(7);
    // Each weather that came later has a stream of its own, so that seeds in which it does not strike stay the same.
    this.pauses = new Pauses(dice(21), this.timeline);
    this.timeline.wallError = wallSteps(dice(22), steadyWall);
    this.leftovers = drawLeftovers(dice(23));
    this.leftoverDice = dice(24);
    this.stalls = new Stalls(dice(26));
    this.misbehaving = new Misbehaving(dice(25), this.climate);
    this.teardowns = new Teardowns(dice(41));
    this.unreadInputs = new UnreadInputs(dice(52));
    this.#deeds = table(DEEDS, this.climate.rates);
    this.#sky = table(SKY_FAULTS, this.climate.rates);
  }

  /** As the pool sees time. */
  get clock(): Clock {
    return this.pauses.clock;
  }

  /** Some threads live in other processes. */
  get hasProcesses(): boolean {
    return this.climate.remote || this.climate.pool.isolation === 'escalate';
  }

  /** Whether this fault strikes now. */
  strikes(fault: FaultName, dice: Dice): boolean {
    const rate = this.climate.rates[fault];
    if (rate === 0 || this.phase === 'liveness' || dice.next() >= rate) return false;
    this.journal.note(fault);
    return true;
  }

  /** What the next execution does. */
  deed(): Deed {
    return this.#draw(this.#deeds, this.threadDice) ?? 'return';
  }

  /** What comes over the pool from outside at this event. */
  fromSky(): SkyFault | undefined {
    return this.#draw(this.#sky, this.skyDice);
  }

  #draw<Fault>(faults: readonly (readonly [upTo: number, fault: Fault])[], dice: Dice): Fault | undefined {
    if (faults.length === 0 || this.phase === 'liveness') return undefined;
    const drawn = dice.next();
    if (drawn >= faults.at(-1)![0]) return undefined;
    const [, fault] = faults.find(([upTo]) => drawn < upTo)!;
    this.journal.note(String(fault));
    return fault;
  }

  /** Milliseconds by which a limit may be passed for the lateness of timers alone. */
  get timerSlack(): number {
    return 4 * (this.climate.lateTimers + this.climate.earlyTimers + 1) + 4;
  }

  /** The first one counts: what follows it may only be its consequence. */
  fail(what: string): void {
    if (this.violation !== undefined) return;
    this.violation = new Violation(what);
    this.journal.note('VIOLATION');
    this.journal.remark(() => what);
  }
}

function table<Fault extends FaultName>(names: readonly Fault[], rates: Climate['rates']): (readonly [upTo: number, fault: Fault])[] {
  const rows: (readonly [number, Fault])[] = [];
  let upTo = 0;
  for (const name of names) {
    if (rates[name] === 0) continue;
    upTo += rates[name];
    rows.push([upTo, name]);
  }
  return rows;
}
