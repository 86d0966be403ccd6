import { NotCloneableError } from '../../core/errors.ts';
import { soon } from '../../core/soon.ts';
import type { Attempt } from '../../core/task.ts';
import type { Distance } from '../../executors/executor.ts';
import type { GivingUp } from '../outcomes/giving-up.ts';
import type { GoesOn } from '../outcomes/outcomes-host.ts';
import type { Watchdog } from '../outcomes/watchdog.ts';
import type { AttemptTracer } from '../outcomes/witnesses.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { Pace } from '../queue/pace.ts';
import type { Services } from '../services.ts';
import type { Elasticity } from '../threads/elasticity.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import type { Recycling } from '../threads/recycling.ts';
import type { Roster } from '../threads/roster.ts';
import { LastLook, type Overdue } from './last-look.ts';
import { Room } from './make-room.ts';
import type { Rounds } from './rounds.ts';
import { TakeBack } from './take-back.ts';

/** To read a message takes about as long as to write it; on a crowded machine, many times that. */
const CROWDED = 30;
/** Milliseconds, at most: what was slow to write may have been a getter of an input. */
const MOST_READING = 60_000;

interface FeederParts {
  readonly backlog: Backlog;
  readonly pace: Pace;
  readonly services: Services;
  readonly tracer: AttemptTracer | undefined;
  readonly roster: Roster;
  readonly limits: Overdue;
  readonly distance: Distance;
  readonly recycling: Recycling;
  readonly elasticity: Elasticity | undefined;
}

/** Who looks after what has been handed out. */
interface Care {
  readonly watchdog: Watchdog;
  readonly givingUp: GivingUp;
}

/** Hands waiting attempts to threads, in bundles. */
export class Feeder implements GoesOn, Rounds {
  readonly #backlog: Backlog;
  readonly #pace: Pace;
  readonly #services: Services;
  readonly #tracer: AttemptTracer | undefined;
  readonly #recycling: Recycling;
  readonly #elasticity: Elasticity | undefined;
  #care!: Care;
  readonly #roster: Roster;
  readonly #patience: number;
  #flushing: 'no' | 'planned' = 'no';
  /**
   * Above 0 while nothing is handed out, but planned. While attempts are handed over, callers hear of those that are overdue, and getters of inputs
   * run. They may submit tasks: the thread is not yet seen to be taken.
   */
  #held = 0;
  /** False once no thread was found idle, until one may have become so: so a pool at work is not searched for each task. */
  #mayBeIdle = true;
  readonly takeBack: TakeBack;
  readonly #room: Room;
  readonly #lastLook: LastLook;

  constructor(parts: FeederParts) {
    this.#backlog = parts.backlog;
    this.#pace = parts.pace;
    this.#services = parts.services;
    this.#tracer = parts.tracer;
    this.#roster = parts.roster;
    this.#patience = parts.distance.patience;
    this.#recycling = parts.recycling;
    this.#elasticity = parts.elasticity;
    const { clock } = parts.services;
    this.takeBack = new TakeBack({ ...parts, clock, feeder: this });
    this.#room = new Room({ ...parts, clock, feeder: this });
    this.#lastLook = new LastLook(parts.limits, this);
  }

  /** To be called once, before the first thread is there. */
  open(care: Care): void {
    this.#care = care;
  }

  /** Feeds in a microtask, so that tasks submitted together travel together. */
  plan(): void {
    if (this.#flushing === 'planned') return;
    this.#flushing = 'planned';
    void soon(() => {
      this.#flushing = 'no';
      this.flush();
    });
  }

  /** Gives what waits to a thread that is idle now. What follows in the same turn travels together. */
  handOver(): void {
    if (!this.#mayBeIdle || this.#backlog.size === 0) return;
    const idle = this.#roster.slots.find((thread) => thread?.idle && thread.open);
    if (idle === undefined) this.#mayBeIdle = false;
    else this.#fill(idle);
  }

  /** Gives work to every thread that can take some: idle ones first, then a bundle behind the one that runs. */
  flush(): void {
    const { slots } = this.#roster;
    this.takeBack.rescue();
    // Also where nothing waits here: a thread that has just come takes over what lies behind a long item of another.
    for (const thread of slots) if (thread?.idle) this.#fill(thread, undefined, 'turn');
    this.#mayBeIdle = true;
    // Looked for once: with many threads at work, each would look at all the others.
    const idle = this.#backlog.size > 0 && this.#someoneIdle();
    for (let i = 0; i < slots.length && this.#backlog.size > 0 && !idle; i++) {
      const thread = slots[i];
      if (thread !== undefined && !thread.idle) this.#fill(thread, false, 'turn');
    }
    const made = this.#backlog.size > 0 ? this.#room.make() : undefined;
    if (made !== undefined) this.#fill(made, undefined, 'turn');
    this.#elasticity?.fed();
  }

  /** A bundle is done: fills up its thread, which may want more. One that is to go, goes. */
  bundleDone(thread: PoolThread): void {
    if (thread.phase !== 'serving') return;
    this.#recycling.between(thread);
    if (thread.retiring !== undefined) return;
    this.takeBack.ease();
    this.#mayBeIdle = true;
    this.offer(thread);
  }

  /** Gives a thread what it can take: what waits, or what others cannot get to. */
  offer(thread: PoolThread): void {
    this.#fill(thread);
    if (this.#backlog.size > 0 && thread.idle && thread.open) this.plan(); // Something waits, and not for this thread.
  }

  /**
   * @param idle whether a thread is idle that could take what waits instead, if that is known
   * @param within a turn of its own, or the midst of something else: a task is settling there, or a report is being taken in
   */
  #fill(thread: PoolThread, idle?: boolean, within: 'turn' | 'midst' = 'midst'): void {
    if (this.#held > 0) this.plan();
    if (!thread.open || this.#held > 0) return;
    const now = this.#services.clock.now();
    if (this.takeBack.fromStuck(thread, now, within)) return;
    while (this.#backlog.size > 0 && thread.open && thread.hasRoom) {
      if (!thread.idle && ((idle ?? this.#someoneIdle()) || now - thread.busySince > this.#patience)) return;
      const place = this.#room.whoIsNextAt(thread);
      if (place === undefined || !this.#send(place, now, within) || place !== thread) break;
    }
    // Also where something waits that is not for this thread: what lies behind another may be.
    if (thread.idle && thread.open) this.takeBack.watchTail(thread);
  }

  /**
   * Takes in what has arrived from every thread, and hands out nothing before that: a thread that is done would be given a task whose result lies
   * with another one.
   */
  listen(): void {
    this.hold(() => {
      for (const thread of this.#roster.threads) thread.handle.poll();
    });
  }

  /** While this runs, nothing is handed out. */
  hold(deed: () => void): void {
    this.#held++;
    try {
      deed();
    } finally {
      this.#held--;
    }
  }

  stop(): void {
    this.takeBack.stop();
    this.#room.stop();
  }

  #send(thread: PoolThread, now: number, within: 'turn' | 'midst'): boolean {
    const taken = this.take(thread);
    if (taken.length === 0) return false;
    const areTimely = this.#lastLook.areTimely(taken, now);
    if (!areTimely && within === 'midst') {
      this.takeBack.giveBack(taken); // Nothing is taken in here. A turn is planned.
      return false;
    }
    const due = areTimely ? taken : this.#lastLook.stillDue(thread, taken, now);
    if (!thread.open) this.takeBack.giveBack(due);
    else if (due.length > 0) this.#post(thread, due, now);
    return true;
  }

  /** What this thread is to be sent next: as much as is good. */
  take(thread: PoolThread): readonly Attempt[] {
    return this.#backlog.take(Math.min(thread.left, this.#pace.size(this.#backlog.size, this.#roster.size)), thread);
  }

  #post(thread: PoolThread, attempts: readonly Attempt[], now: number): void {
    const number = thread.nextBundle;
    this.#tracer?.sent(thread, number, attempts);
    const begun = this.#services.clock.now();
    this.#held++;
    try {
      thread.handle.send(number, attempts);
    } catch (error) {
      this.#held--;
      if (attempts.length === 1) {
        this.#uncloneable(attempts[0]!, error);
        return;
      }
      // One of the inputs cannot be cloned: from now on each goes alone, and that one is found.
      for (const attempt of attempts) attempt.travelAlone();
      this.takeBack.giveBack(attempts);
      return;
    }
    this.#held--;
    const written = this.#services.clock.now();
    thread.readsUntil = Math.max(thread.readsUntil, written + Math.min(CROWDED * (written - begun), MOST_READING));
    thread.nextBundle++;
    const hasCopies = attempts.some(({ placement }) => placement?.kin !== undefined);
    thread.bundles.push({ number, attempts, hasCopies, size: attempts.length, reported: 0, state: 'sent', sentAt: now });
    thread.started += attempts.length;
    let limit = Number.POSITIVE_INFINITY;
    const abandoned: Attempt[] = [];
    for (const attempt of attempts) {
      // While inputs are cloned their getters run, and may give up any task.
      if (!attempt.send(thread, number, now)) abandoned.push(attempt);
      if (attempt.task.spec.limits.run < limit) limit = attempt.task.spec.limits.run;
    }
    const { watchdog, givingUp } = this.#care;
    watchdog.watch(thread, limit, now);
    for (const attempt of abandoned) givingUp.fence(thread, attempt, 'stop', 'aborted');
    // They may have given up what runs there, too: what the thread had was taken back from it then, and this bundle was not there yet.
    if (thread.leaving) this.takeBack.revoke(thread);
  }

  #uncloneable(attempt: Attempt, cause: unknown): void {
    attempt.endUnsent();
    this.#backlog.release(attempt);
    attempt.task.spec.course.failed(attempt, { kind: 'clone', error: new NotCloneableError('argument', cause) });
  }

  #someoneIdle(): boolean {
    for (const thread of this.#roster.slots) if (thread?.idle && thread.open) return true;
    return false;
  }
}
