import type { Attempt } from '../../../src/core/task.ts';
import { type FromThread, type ItemMeta, TO_THREAD } from '../../../src/core/wire/wire.ts';
import type { ExecutorThread, Exit, ThreadEvents } from '../../../src/executors/executor.ts';
import { Hearing } from '../../../src/executors/threads/hearing.ts';
import type { Start, TaskTruth } from '../checks/truth.ts';
import type { Home } from './home.ts';
import { perform } from './perform.ts';
import { Body } from './sim-body.ts';
import type { World } from './world.ts';

/** What the simulation wants to know of a thread's doings. */
export interface ThreadWatcher {
  sent(thread: SimThread, attempts: readonly Attempt[]): void;
  started(start: Start): void;
  ended(start: Start): void;
  exited(thread: SimThread, exit: Exit): void;
  /** The pool has asked for the end of the thread on which this runs. */
  terminated(start: Start | undefined): void;
  /** The pool asks for its teardown. */
  tearingDown(thread: SimThread): void;
  /** It has said that it has one. */
  wantsTeardown(threadId: number): void;
  /** Code of the caller that runs while an input is cloned. */
  cloning(task: TaskTruth): void;
}

/** A thread on the virtual clock, as its manager sees it; after src/executors/threads/worker-thread.ts. */
export class SimThread implements ExecutorThread {
  readonly threadId: number;
  readonly body: Body;
  readonly #world: World;
  readonly #events: ThreadEvents;
  readonly #watcher: ThreadWatcher;
  readonly #hearing: Hearing;
  #lastOrder = 0;
  /** Its end was asked for although it had said that it was ready: no listener was there. */
  wasCondemned = false;

  constructor(threadId: number, world: World, home: Home, watcher: ThreadWatcher, events: ThreadEvents) {
    this.threadId = threadId;
    this.#world = world;
    this.#watcher = watcher;
    this.#events = events;
    this.#hearing = new Hearing(loud(events, world), () => this.terminate(), world.clock);
    this.body = new Body(threadId, world, home, {
      perform,
      received: (message) => this.#receive(message),
      started: (start) => watcher.started(start),
      ended: (start) => watcher.ended(start),
      wantsTeardown: () => watcher.wantsTeardown(threadId),
      died: (code, error, start) => {
        const delay = this.body.line.latency(world.lineDice) * 3;
        if (start !== undefined) start.deathSeenAt = world.timeline.now() + delay;
        world.timeline.arrive(() => this.#exited(code, error), delay);
      },
    });
  }

  /** It lives, and its end was not asked for. */
  get wanted(): boolean {
    return this.body.alive && !this.body.terminated;
  }

  get itemStartedAt(): number {
    return this.#world.clock.fromMachine(this.body.control.startedAt);
  }

  get seen(): number {
    return this.body.control.seen;
  }

  get sending(): boolean {
    return this.body.control.sending;
  }

  stolen(): number {
    return this.#world.leftovers.hearts ? this.body.control.stolenAt(this.#world.timeline.now()) : 0;
  }

  get memory(): number | undefined {
    return this.body.control.heapUsed || undefined;
  }

  send(bundle: number, attempts: readonly Attempt[]): void {
    const ids: number[] = [];
    const inputs: (TaskTruth | undefined)[] = [];
    const metas: (ItemMeta | undefined)[] = [];
    for (const attempt of attempts) {
      const truth = attempt.task.input as TaskTruth | undefined;
      if (truth === undefined) this.#world.fail(`task ${attempt.task.id} was sent to a thread after it had settled`);
      ids.push(attempt.task.id);
      inputs.push(truth);
      metas.push(metaOf(attempt));
    }
    this.#watcher.sent(this, attempts);
    for (const truth of inputs) {
      if (truth?.uncloneable) throw new DOMException('it is not cloneable', 'DataCloneError');
      if (truth !== undefined) this.#watcher.cloning(truth);
    }
    this.#there(() => {
      this.body.control.open(bundle);
      this.body.tell([TO_THREAD.run, bundle, ids, inputs, metas]);
    });
  }

  revoke(bundle: number, answer: (claimed: number) => void): void {
    const { body } = this;
    this.#there(() => {
      const claimed = body.control.revoke(bundle);
      if (!this.body.home.remote) answer(claimed);
      else body.line.answer(() => this.#hearing.state !== 'exited' && answer(claimed));
    });
  }

  /** Where the thread lives: here and now, or in another process, to which orders take their time, one after the other. */
  #there(order: () => void): void {
    if (!this.body.home.remote) {
      order();
      return;
    }
    const { timeline, climate, threadDice } = this.#world;
    this.#lastOrder = Math.max(this.#lastOrder, timeline.insideNow + climate.latency * (0.5 + threadDice.next()));
    timeline.inside(() => this.body.alive && order(), this.#lastOrder - timeline.insideNow);
  }

  standing(bundle: number): { claimed: number; finished: number } {
    const { control } = this.body;
    return { claimed: control.claimed(bundle), finished: control.finished(bundle) };
  }

  poll(): void {
    if (!this.body.home.remote) this.body.line.poll();
  }

  abort(bundle: number, index: number): void {
    const { body } = this;
    this.#there(() => {
      body.control.abort(bundle, index);
      if (body.isAt(bundle, index)) body.heed?.();
      body.tell([TO_THREAD.abort, bundle, index]);
    });
  }

  assign(): void {}

  tearDown(): void {
    this.#watcher.tearingDown(this);
    this.#there(() => this.body.tell([TO_THREAD.tearDown]));
  }

  terminate(): void {
    const { body } = this;
    if (body.terminated) return;
    this.wasCondemned = body.saidReady && !body.home.remote && this.#hearing.state === 'starting';
    body.terminated = true;
    this.#watcher.terminated(body.current);
    if (body.alive) this.#there(() => this.#end());
  }

  #end(): void {
    const { body } = this;
    const { threadDice, timeline, climate } = this.#world;
    if (this.#world.strikes('immortal', threadDice)) {
      // It sits in a native call: nothing of its own code runs any more, and its end comes late or never.
      body.loop.freeze();
      if (threadDice.chance(0.3)) return;
      timeline.inside(() => body.die('victim', 1), threadDice.log(100, 100_000));
    } else {
      timeline.inside(() => body.die('victim', 1), body.loop.stands + climate.terminateTime * (0.5 + threadDice.next()));
    }
  }

  #receive(message: FromThread | 'unreadable'): void {
    if (this.#hearing.state === 'exited') return;
    if (message === 'unreadable') {
      const number = this.#hearing.unreadable();
      this.#there(() => this.body.tell([TO_THREAD.account, number]));
      return;
    }
    this.#hearing.receive(message);
  }

  #exited(code: number, error: unknown): void {
    this.body.line.poll();
    if (error !== undefined) this.#hearing.died(error);
    const exit = this.#hearing.end(code);
    this.#watcher.exited(this, exit);
    this.#events.exited(exit);
  }
}

/** A thread whose message cannot be dealt with is ended, and that would hide a fault of the pool. */
function loud(events: ThreadEvents, world: World): ThreadEvents {
  const entries = Object.entries(events as unknown as Record<string, (...told: unknown[]) => void>).map(([name, event]) => {
    const told = (...about: unknown[]): void => {
      try {
        event(...about);
      } catch (error) {
        world.fail(`it threw: ${error instanceof Error ? error.stack : String(error)}`);
        throw error;
      }
    };
    return [name, told] as const;
  });
  return Object.fromEntries(entries) as unknown as ThreadEvents;
}

function metaOf({ number, replica, placement }: Attempt): ItemMeta | undefined {
  if (number === 1 && replica === 0) return undefined;
  return { attempt: number, replica, name: undefined, run: undefined, until: Number.POSITIVE_INFINITY, seal: placement?.seal === true };
}
