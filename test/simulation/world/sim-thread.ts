import type { Attempt } from '../../../src/core/task.ts';
import { reviveError } from '../../../src/core/wire/revive.ts';
import { FROM_THREAD, type FromThread, type ItemMeta, TO_THREAD } from '../../../src/core/wire/wire.ts';
import type { Blame, ExecutorThread, Exit, ThreadEvents } from '../../../src/executors/executor.ts';
import type { Start, TaskTruth } from '../checks/truth.ts';
import type { Home } from './home.ts';
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
  #heard: 'nothing' | 'ready' | 'exit' = 'nothing';
  #lastOrder = 0;
  #lastWords: { error: unknown; blame: Blame } | undefined;

  constructor(threadId: number, world: World, home: Home, watcher: ThreadWatcher, events: ThreadEvents) {
    this.threadId = threadId;
    this.#world = world;
    this.#watcher = watcher;
    this.#events = events;
    this.body = new Body(threadId, world, home, {
      received: (message) => this.#receive(message),
      started: (start) => watcher.started(start),
      ended: (start) => watcher.ended(start),
      died: (code, error, start) => {
        const delay = this.body.line.latency(world.lineDice) * 3;
        if (start !== undefined) start.deathSeenAt = world.timeline.now() + delay;
        world.timeline.arrive(() => this.#exited(code, error), delay);
      },
    });
  }

  /** It lives, and nobody has asked for its end. */
  get wanted(): boolean {
    return this.body.alive && !this.body.terminated;
  }

  get itemStartedAt(): number {
    return this.body.control.startedAt;
  }

  get seen(): number {
    return this.body.control.seen;
  }

  get sending(): boolean {
    return this.body.control.sending;
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
      else body.line.answer(() => this.#heard !== 'exit' && answer(claimed));
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

  terminate(): void {
    const { body } = this;
    if (body.terminated) return;
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
      timeline.inside(() => body.die('victim', 1), climate.terminateTime * (0.5 + threadDice.next()));
    }
  }

  #receive(message: FromThread | 'unreadable'): void {
    if (this.#heard === 'exit') return;
    if (message === 'unreadable') {
      this.#events.unreadable();
      this.#there(() => this.body.tell([TO_THREAD.account]));
      return;
    }
    switch (message[0]) {
      case FROM_THREAD.done:
        this.#events.done(message[1], message[2], message[3] as unknown[], message[4], message[5]);
        break;
      case FROM_THREAD.ready:
        this.#heard = 'ready';
        this.#events.ready();
        break;
      case FROM_THREAD.startupFailed:
        this.#lastWords = { error: reviveError(message[1]), blame: { of: 'running' } };
        this.terminate();
        break;
      case FROM_THREAD.progress:
        this.#events.progress(message[1], message[2], message[3]);
        break;
      case FROM_THREAD.account:
        this.#events.accounted(message[1], message[2]);
        break;
      case FROM_THREAD.lateError:
        this.#events.lateError(message[1], message[2], reviveError(message[3]));
        break;
      case FROM_THREAD.crashing:
        this.#lastWords = { error: reviveError(message[3]), blame: { of: 'item', bundle: message[1], index: message[2] } };
        break;
      case FROM_THREAD.exiting: {
        const [, , bundle, index, taskId] = message;
        this.#lastWords = { error: undefined, blame: bundle >= 0 ? { of: 'item', bundle, index } : { of: 'settled', taskId } };
        break;
      }
      default:
        this.#events.garbage();
    }
  }

  #exited(code: number, error: unknown): void {
    this.body.line.poll();
    const starting = this.#heard === 'nothing';
    this.#heard = 'exit';
    const why = this.#lastWords?.error ?? error;
    const oom = (error as { code?: string } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const cause: Exit['cause'] = oom ? 'oom' : starting ? 'startup' : why !== undefined ? 'crash' : 'exit';
    const exit: Exit = { cause, exitCode: code, error: why, blame: this.#lastWords?.blame ?? { of: 'running' } };
    this.#watcher.exited(this, exit);
    this.#events.exited(exit);
  }
}

function metaOf({ number, replica, placement }: Attempt): ItemMeta | undefined {
  if (number === 1 && replica === 0) return undefined;
  return { attempt: number, replica, name: undefined, run: undefined, until: Number.POSITIVE_INFINITY, seal: placement?.seal === true };
}
