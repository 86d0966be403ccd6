import { isPending, whenSettled } from '../core/foreign/intrinsics.ts';
import type { ControlBlock } from '../core/wire/control-block.ts';
import type { RunMessage } from '../core/wire/wire.ts';
import { storage } from './context.ts';
import { Item, type Surroundings } from './item.ts';
import { loaded } from './loaded.ts';
import { HeapMeter } from './measures/heap-meter.ts';
import type { Handler } from './modules/load.ts';
import type { Handlers } from './modules/task-modules.ts';
import { failureOf, moving, sealed } from './outcome.ts';
import type { Report } from './report.ts';
import type { Call, RunnerParts } from './runner-parts.ts';

/** Results wait for company at most this long, in milliseconds, as long as items are short. */
const SEND_EVERY = 0.25;
/** Milliseconds after which the event loop of the thread gets its turn between bundles, at the latest. */
const TURN_EVERY = 2;

/** `none`: it was not claimed. */
type Outcome = 'none' | 'pending' | 'returned' | 'threw';

/** Runs bundles one after the other, and the items of a bundle one after the other. */
export class Runner {
  readonly #around: Surroundings;
  readonly #control: ControlBlock;
  readonly #report: Report;
  readonly #modules: Handlers;
  readonly #name: string;
  readonly #call: Call;
  readonly #now: () => number;
  readonly #receive: () => RunMessage | undefined;
  readonly #afterTurn: (fn: () => void) => void;
  readonly #onIdle: () => void;
  readonly #onBroken: (item?: Item) => void;
  readonly #onAwait: (() => void) | undefined;

  /** `idle`: nothing to do. `running`: on the stack. `awaiting`: an item's promise is pending. `yielding`: the event loop has its turn. */
  #state: 'idle' | 'running' | 'awaiting' | 'yielding' = 'idle';
  #bundle: RunMessage | undefined;
  #index = 0;
  #lastEnd = 0;
  #lastTurn = 0;
  readonly #heap: HeapMeter;
  #overdueArmed = false;
  /** What became of the item that was begun last, as far as its call has told. */
  #outcome: Outcome = 'none';
  #value: unknown;
  /** False once the storage has failed. */
  #isWhole = true;
  /** The item that is running, if any. */
  current: Item | undefined;

  constructor(parts: RunnerParts) {
    this.#around = parts.around;
    this.#control = parts.around.control;
    this.#report = parts.report;
    this.#modules = parts.modules;
    this.#name = parts.name;
    this.#call = parts.call;
    this.#now = parts.now;
    this.#heap = new HeapMeter(parts.around.control, parts.heapLimit ?? Number.POSITIVE_INFINITY, parts.now());
    this.#receive = parts.receive;
    this.#afterTurn = parts.afterTurn;
    this.#onIdle = parts.onIdle;
    this.#onBroken = parts.onBroken;
    this.#onAwait = parts.onAwait;
  }

  get onStack(): Item | undefined {
    return this.#state === 'running' ? this.current : undefined;
  }

  get awaiting(): boolean {
    return this.#state === 'awaiting';
  }

  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** Something may have arrived. */
  wake(): void {
    if (this.#state !== 'idle') return;
    this.#lastTurn = this.#now(); // An idle thread is woken by the event loop.
    this.#work();
  }

  #work(): void {
    this.#state = 'running';
    for (;;) {
      if (this.#bundle === undefined) {
        const next = this.#receive();
        if (next === undefined) break;
        this.#open(next);
        if (this.#lastEnd - this.#lastTurn > TURN_EVERY) {
          this.#yield();
          return;
        }
      }
      if (!this.#runNext()) return;
    }
    this.#state = 'idle';
    this.#letOut();
    this.#onIdle();
  }

  #yield(): void {
    this.#state = 'yielding';
    this.#letOut();
    this.#afterTurn(() => {
      this.#lastTurn = this.#lastEnd = this.#now();
      this.#work();
    });
  }

  /** The event loop is about to turn, and with it what tasks have left behind: no result that was returned before that may be lost by it. */
  #letOut(): void {
    const { bundle, items } = this.#report.last;
    if (bundle > 0) this.#control.awaitPassedOn(bundle, items);
  }

  #open(bundle: RunMessage): void {
    this.#bundle = bundle;
    this.#index = 0;
    this.#lastEnd = this.#now();
  }

  /** Runs the next item of the bundle; false if it went asynchronous. */
  #runNext(): boolean {
    const bundle = this.#bundle!;
    const index = this.#index;
    if (index === 0) {
      // Not sooner: between opening and here the event loop may have its turn. Leftovers may take long there, which is no time of this bundle's,
      // or forever.
      this.#report.open(bundle[1], this.#lastEnd);
      this.#control.see(bundle[1]);
    }
    this.#control.startedAt = this.#lastEnd;
    if (index >= bundle[2].length) return this.#close();
    const item = new Item(this.#around, bundle[1], index, bundle[2][index]!, bundle[4]?.[index], this.#lastEnd);
    this.#outcome = 'none';
    try {
      storage.run(item, this.#enter, item, (bundle[3] as readonly unknown[])[index]);
    } catch {
      this.#isWhole = false;
    }
    const outcome = this.#outcome as Outcome;
    const value = this.#value;
    this.#value = undefined;
    if (outcome === 'none') return this.#isWhole ? this.#close() : this.#leave();
    if (outcome === 'pending') this.#await(value as PromiseLike<unknown>);
    else this.#end(outcome === 'returned', value);
    return outcome !== 'pending' && (this.#isWhole || this.#leave());
  }

  /** Within the storage: claims the item and runs it. What cannot be entered is not claimed, and another thread will run it. */
  readonly #enter = (item: Item, input: unknown): void => {
    if (!this.#control.claim(item.bundle, item.index)) return;
    if (this.#control.isLost) throw item; // As what cannot be entered.
    this.current = item;
    try {
      const handler = this.#modules.handler(item.name ?? this.#name, item.module);
      const value = typeof handler === 'function' ? this.#call(handler, input, item) : this.#whenLoaded(handler, input, item);
      this.#outcome = isPending(value) ? 'pending' : 'returned';
      this.#value = value;
    } catch (error) {
      this.#outcome = 'threw';
      this.#value = error;
    }
  };

  /** The bundle has no more items, or the rest was taken back. */
  #close(): true {
    this.#report.send(this.#lastEnd);
    this.#bundle = undefined;
    return true;
  }

  async #whenLoaded(coming: PromiseLike<Handler>, input: unknown, item: Item): Promise<unknown> {
    return this.#call(await loaded(coming, item, { control: this.#control, report: this.#report, now: this.#now }), input, item);
  }

  /** A task has broken what Node itself needs to run one. */
  #leave(): false {
    this.#report.send(this.#lastEnd);
    this.#onBroken();
    return false;
  }

  #await(result: PromiseLike<unknown>): void {
    this.#state = 'awaiting';
    this.#control.waits(this.#lastEnd);
    this.#onAwait?.();
    this.#armOverdue();
    const resume = (ok: boolean, outcome: unknown): void => {
      this.#state = 'running';
      this.#control.waits(0);
      this.#end(ok, outcome);
      this.#work();
    };
    void whenSettled(
      result,
      (value) => resume(true, value),
      (error) => resume(false, error),
    );
  }

  /** Results that are ready do not wait for an item that waits: once the event loop turns, they are sent. */
  #armOverdue(): void {
    if (this.#overdueArmed) return;
    this.#overdueArmed = true;
    this.#afterTurn(() => {
      this.#overdueArmed = false;
      this.#lastTurn = this.#now();
      if (this.#state !== 'awaiting' || !this.#report.pending) return;
      this.#control.sends(true);
      this.#report.send(this.#lastTurn);
      this.#control.sends(false);
    });
  }

  #end(ok: boolean, outcome: unknown): void {
    const item = this.current!;
    // Still the item's own time, and its own fault if it takes too much of it, or of the memory. Here its outcome may run code of the user: between its
    // end and the next claim, which tells of both, none may.
    const failure = ok ? undefined : failureOf(outcome);
    const seal = ok && item.seals ? sealed(outcome) : undefined;
    const moved = ok && seal === undefined ? moving(outcome) : undefined;
    this.current = undefined;
    const now = this.#now();
    this.#lastEnd = now;
    this.#index++;
    this.#control.finish(item.bundle, item.index);
    if (this.#control.isLost) this.#onBroken(item);
    else if (failure !== undefined) this.#report.threw(failure, now);
    else if (seal !== undefined) this.#report.sealed(seal, now);
    else if (moved !== undefined) this.#report.moved(moved, now);
    else this.#report.returned(outcome, now);
    if (this.#index >= this.#bundle![2].length) {
      this.#report.send(now);
      this.#bundle = undefined;
      this.#heap.look(now); // No result waits meanwhile: this may run a garbage collection.
    } else if (now - this.#report.sentAt >= SEND_EVERY) {
      this.#report.send(now);
    }
  }
}
