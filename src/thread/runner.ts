import type { ControlBlock, RunMessage } from '../core/wire.ts';
import { storage } from './context.ts';
import { Item, type Surroundings } from './item.ts';
import type { TaskModule } from './load.ts';
import type { Report } from './report.ts';
import { sealed } from './seal.ts';

/** Runs one item; fault injection puts itself in the place of the plain call. */
export type Call = (handler: (input: unknown) => unknown, input: unknown, item: Item) => unknown;

/** Results wait for company at most this long, in milliseconds, as long as items are short. */
const SEND_EVERY = 0.25;
/** The event loop of the thread gets its turn at least this often between bundles, in milliseconds. */
const TURN_EVERY = 2;
/** The heap is measured at most this often, in milliseconds. */
const MEASURE_EVERY = 100;

/** Runs bundles one after the other, and the items of a bundle one after the other. */
export class Runner {
  readonly #around: Surroundings;
  readonly #control: ControlBlock;
  readonly #report: Report;
  readonly #module: TaskModule;
  readonly #name: string;
  readonly #call: Call;
  readonly #now: () => number;
  readonly #receive: () => RunMessage | undefined;
  readonly #onIdle: () => void;

  /** `idle`: nothing to do. `running`: on the stack. `awaiting`: an item's promise is pending. `yielding`: the event loop has its turn. */
  #state: 'idle' | 'running' | 'awaiting' | 'yielding' = 'idle';
  #bundle: RunMessage | undefined;
  #index = 0;
  #lastEnd = 0;
  #lastTurn = 0;
  #lastMeasured: number;
  #overdueArmed = false;
  /** The item that is running, if any. */
  current: Item | undefined;

  constructor(parts: {
    around: Surroundings;
    report: Report;
    module: TaskModule;
    name: string;
    call: Call;
    now: () => number;
    /** Next bundle, if one has arrived. */
    receive: () => RunMessage | undefined;
    onIdle: () => void;
  }) {
    this.#around = parts.around;
    this.#control = parts.around.control;
    this.#report = parts.report;
    this.#module = parts.module;
    this.#name = parts.name;
    this.#call = parts.call;
    this.#now = parts.now;
    this.#lastMeasured = parts.now();
    this.#receive = parts.receive;
    this.#onIdle = parts.onIdle;
  }

  get onStack(): Item | undefined {
    return this.#state === 'running' ? this.current : undefined;
  }

  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** Something may have arrived. */
  wake(): void {
    if (this.#state !== 'idle') return;
    this.#lastTurn = this.#now(); // Whoever is idle is woken by the event loop.
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
    this.#onIdle();
  }

  #yield(): void {
    this.#state = 'yielding';
    setImmediate(() => {
      this.#lastTurn = this.#lastEnd = this.#now();
      this.#work();
    });
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
      // or for ever.
      this.#report.open(bundle[1], this.#lastEnd);
      this.#control.see(bundle[1]);
    }
    this.#control.startedAt = this.#lastEnd;
    if (index >= bundle[2].length || !this.#control.claim(bundle[1], index)) {
      this.#report.send(this.#lastEnd);
      this.#bundle = undefined;
      return true;
    }
    const meta = bundle[4]?.[index];
    const item = new Item(this.#around, bundle[1], index, bundle[2][index]!, meta, this.#lastEnd);
    this.current = item;
    try {
      const handler = this.#module.handler(meta?.name ?? this.#name);
      const result = storage.run(item, this.#call, handler, (bundle[3] as readonly unknown[])[index], item);
      if (typeof result === 'object' && result !== null && typeof (result as PromiseLike<unknown>).then === 'function') {
        this.#await(result as PromiseLike<unknown>);
        return false;
      }
      this.#end(true, result);
    } catch (error) {
      this.#end(false, error);
    }
    return true;
  }

  #await(result: PromiseLike<unknown>): void {
    this.#state = 'awaiting';
    this.#armOverdue();
    const resume = (ok: boolean, outcome: unknown): void => {
      this.#state = 'running';
      this.#end(ok, outcome);
      this.#work();
    };
    Promise.resolve(result).then(
      (value) => resume(true, value),
      (error) => resume(false, error),
    );
  }

  /** Results that are ready do not wait for an item that waits: once the event loop turns, they are sent. */
  #armOverdue(): void {
    if (this.#overdueArmed) return;
    this.#overdueArmed = true;
    setImmediate(() => {
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
    // Still the item's own time, and its own fault if it takes too much of it, or of the memory.
    const seal = ok && item.seals ? sealed(outcome) : undefined;
    this.current = undefined;
    const now = this.#now();
    this.#lastEnd = now;
    this.#index++;
    this.#control.finish(item.bundle, item.index);
    if (seal !== undefined) this.#report.sealed(seal, now);
    else if (ok) this.#report.returned(outcome, now);
    else this.#report.threw(outcome, now);
    if (this.#index >= this.#bundle![2].length) {
      if (now - this.#lastMeasured > MEASURE_EVERY) {
        this.#lastMeasured = now;
        this.#control.heapUsed = process.getBuiltinModule('node:v8').getHeapStatistics().used_heap_size;
      }
      this.#report.send(now);
      this.#bundle = undefined;
    } else if (now - this.#report.sentAt >= SEND_EVERY) {
      this.#report.send(now);
    }
  }
}
