import type { MessagePort } from 'node:worker_threads';
import { BEAT } from '../../../src/core/wire/beat.ts';
import { encodeError } from '../../../src/core/wire/codec.ts';
import { ControlBlock } from '../../../src/core/wire/control-block.ts';
import { FROM_THREAD, type FromThread, type RunMessage, TO_THREAD, type ToThread } from '../../../src/core/wire/wire.ts';
import type { Item } from '../../../src/thread/item.ts';
import { Report } from '../../../src/thread/report.ts';
import { Runner } from '../../../src/thread/runner.ts';
import type { Fate, Start, TaskTruth } from '../checks/truth.ts';
import { outOfMemory } from '../weather/leftovers.ts';
import type { Home } from './home.ts';
import { Loop } from './loop.ts';
import { SimLine } from './sim-line.ts';
import type { World } from './world.ts';

export interface BodyEvents {
  /** Runs a task: its deeds. */
  perform(body: Body, task: TaskTruth, item: Item): unknown;
  received(message: FromThread | 'unreadable'): void;
  started(start: Start): void;
  ended(start: Start): void;
  /** Its module has a teardown. */
  wantsTeardown(): void;
  /** It is dead; the pool does not know yet. `start` was under way. */
  died(code: number, error: unknown, start: Start | undefined): void;
}

/**
 * The inside of a simulated thread. What works in it is real: `Runner`, `Report` and `ControlBlock`. Its event loop, its ports,
 * its life and its death are simulated, after src/thread/session.ts and src/thread/blame.ts.
 */
export class Body {
  readonly threadId: number;
  readonly world: World;
  readonly home: Home;
  readonly loop: Loop;
  readonly control: ControlBlock = new ControlBlock();
  readonly line: SimLine;
  readonly #events: BodyEvents;
  readonly #inbox: ToThread[] = [];
  readonly #bundles: RunMessage[] = [];
  readonly #report: Report;
  readonly #runner: Runner;
  /** It has said that it is ready. */
  saidReady = false;
  /** The manager has asked for its end. */
  terminated = false;
  /** Executions by bundle and index, until their outcome is posted. */
  readonly starts: Map<number, Start[]> = new Map();
  current: Start | undefined;
  #heart: 'still' | 'beats' = 'still';
  /** Ends the spinning task that looks at `context().aborted` now and then. */
  heed: (() => void) | undefined;

  constructor(threadId: number, world: World, home: Home, events: BodyEvents) {
    this.threadId = threadId;
    this.world = world;
    this.home = home;
    this.#events = events;
    this.loop = new Loop(world.timeline);
    this.line = new SimLine(world, (message) => events.received(message));
    const port = { postMessage: (message: FromThread) => this.line.post(this, message) } as unknown as MessagePort;
    this.#report = new Report(port, this.control, 'cloned');
    this.#runner = new Runner({
      around: { port, control: this.control, runLimit: 30_000, time: { now: () => world.timeline.now(), lived: (ms) => ms } },
      report: this.#report,
      modules: { handler: () => () => undefined } as never,
      name: 'default',
      call: (_handler, input, item) => events.perform(this, input as TaskTruth, item),
      now: () => world.timeline.now(),
      receive: () => {
        if (this.#bundles.length === 0) this.#look();
        return this.#bundles.shift();
      },
      afterTurn: (fn) => Loop.current?.later(fn, 0),
      onIdle: () => {},
      ...(world.leftovers.hearts ? { onAwait: () => this.#beatSoon() } : {}),
      onBroken: () => {},
    });
    this.#load();
  }

  get alive(): boolean {
    return this.loop.state !== 'gone';
  }

  #load(): void {
    const { world } = this;
    const dice = world.threadDice;
    const took = world.climate.startTime * (0.5 + dice.next());
    if (world.strikes('startHangs', dice)) return;
    if (world.strikes('startDies', dice)) {
      this.loop.later(() => this.die('victim', 1), took);
    } else if (world.strikes('startFails', dice)) {
      this.loop.later(() => this.line.post(this, [FROM_THREAD.startupFailed, encodeError(new Error('the module does not load'))]), took);
    } else {
      const wait = world.strikes('startSlow', dice) ? took * dice.log(2, 1000) : took;
      this.loop.later(() => this.#ready(), wait);
    }
  }

  #ready(): void {
    this.saidReady = true;
    if (this.world.teardowns.has()) {
      this.#events.wantsTeardown();
      this.line.post(this, [FROM_THREAD.tearsDown]);
    }
    this.line.post(this, [FROM_THREAD.ready]);
  }

  /** Shows that its event loop turns, while an item waits. */
  #beatSoon(): void {
    if (this.#heart === 'beats') return;
    this.#heart = 'beats';
    this.#beat();
  }

  #beat(): void {
    this.loop.later(() => {
      if (!this.#runner.awaiting) {
        this.#heart = 'still';
        return;
      }
      this.control.beat(this.world.timeline.now());
      this.#beat();
    }, BEAT);
  }

  /** A message from the manager. */
  tell(message: ToThread): void {
    this.#inbox.push(message);
    this.loop.later(() => {
      this.#look();
      this.#runner.wake();
    }, this.line.latency(this.world.threadDice));
  }

  /** Takes what has been posted; a thread that looks sees it at once. */
  #look(): void {
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) {
      if (message[0] === TO_THREAD.run) {
        if ((message[3] as readonly TaskTruth[]).some(({ unread }) => unread)) {
          this.#diesOfMail();
          return;
        }
        this.#bundles.push(message);
      } else if (message[0] === TO_THREAD.tearDown) {
        this.#tearDown();
      } else if (message[0] === TO_THREAD.account) {
        this.line.post(this, [FROM_THREAD.account, message[1], this.#report.reached.bundle, this.#report.reached.items]);
      } else if (message[0] === TO_THREAD.abort && this.isAt(message[1], message[2])) this.#abort(message[1], message[2]);
    }
  }

  #diesOfMail(): void {
    this.world.journal.note('unread', this.threadId);
    this.#bundles.length = 0;
    this.#inbox.length = 0;
    this.line.post(this, [FROM_THREAD.unread]);
    this.die('victim', 1);
  }

  /** What its modules want done before it ends. */
  #tearDown(): void {
    const { fate, ms } = this.world.teardowns.draw();
    this.world.journal.note(`teardown:${fate}`, this.threadId);
    const error = fate === 'throws' ? encodeError(new Error('the teardown threw')) : undefined;
    if (fate === 'blocks') this.loop.block();
    else if (fate === 'exits') this.loop.later(() => this.leaveOfItself(), ms);
    else if (fate !== 'hangs') this.loop.later(() => this.line.post(this, [FROM_THREAD.tornDown, error]), ms);
  }

  #abort(bundle: number, index: number): void {
    this.control.abort(bundle, index);
    this.#runner.current!.abort();
    this.heed?.();
  }

  /** Whether it runs this item now. */
  isAt(bundle: number, index: number): boolean {
    const { current } = this.#runner;
    return current?.bundle === bundle && current.index === index;
  }

  /** Tells the simulation of an execution that begins. */
  begin(start: Start, item: Item): void {
    this.current = start;
    this.heed = undefined;
    let starts = this.starts.get(item.bundle);
    if (starts === undefined) {
      starts = [];
      this.starts.set(item.bundle, starts);
    }
    starts[item.index] = start;
    this.#events.started(start);
  }

  /** The execution that is under way has ended like that. */
  ended(fate: Fate): void {
    const start = this.current;
    if (start === undefined) return;
    this.current = undefined;
    start.fate = fate;
    start.endedAt = this.world.timeline.now();
    start.livedUntil = this.world.timeline.insideNow;
    this.#events.ended(start);
  }

  /** `process.exit`, or an uncaught error that becomes one, out of the code of this item. */
  leave(item: Item, code: number, error: unknown): void {
    const live = this.#runner.current === item;
    this.#report.send(this.world.timeline.now());
    if (error !== undefined) this.line.post(this, [FROM_THREAD.crashing, item.bundle, item.index, encodeError(error)]);
    else this.line.post(this, [FROM_THREAD.exiting, code, live ? item.bundle : -1, live ? item.index : -1, item.taskId]);
    this.die(live ? 'killer' : 'victim', code);
  }

  /** `process.exit` out of code that no task has started. */
  leaveOfItself(): void {
    this.#report.send(this.world.timeline.now());
    this.line.post(this, [FROM_THREAD.exiting, 4, -1, -1, -1]);
    this.die('struck', 4);
  }

  /** What an earlier task has left never gives way. */
  blockByLeftovers(): void {
    this.loop.block();
    if (this.current !== undefined && this.current.heldUpSince < 0) this.current.heldUpSince = this.world.timeline.now();
  }

  /** What an earlier task has left fills the heap. */
  dieOfLeftovers(): void {
    this.die('crowdedOut', 1, outOfMemory());
  }

  /** The end. `fate` is that of the execution that is under way, if one is. */
  die(fate: Fate, code: number, error?: unknown): void {
    if (!this.alive) return;
    this.loop.end();
    const start = this.current;
    this.ended(fate);
    this.world.journal.note('threadDies', this.threadId, code);
    if (this.world.strikes('lossy', this.world.lineDice)) this.line.lose();
    this.#events.died(code, error, start);
  }
}
