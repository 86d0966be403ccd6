import type { MessagePort, Transferable } from 'node:worker_threads';
import { append, getFrom, setIn } from '../core/foreign/intrinsics.ts';
import { moved as movedBytes, toBytes } from '../core/wire/bytes.ts';
import { encodeForSure } from '../core/wire/codec.ts';
import type { ControlBlock } from '../core/wire/control-block.ts';
import type { Moved } from '../core/wire/moving.ts';
import { FROM_THREAD, type ItemNote } from '../core/wire/wire.ts';
import type { Failure, SealedResult } from './outcome.ts';

// Taken before code of the user can put something in its place: see core/foreign/intrinsics.ts.
const MovedAt = Map<number, readonly Transferable[]>;

/** Gathers the outcomes of a bundle's items, in order, and sends them in as few messages as may be. */
export class Report {
  readonly #port: MessagePort;
  readonly #control: ControlBlock;
  readonly #form: 'cloned' | 'serialized';
  #bundle = 0;
  #from = 0;
  #values: unknown[] = [];
  #times: number[] = [];
  #notes: ItemNote[] | undefined;
  /** What moves with the values, by their place in the report. */
  #moved: Map<number, readonly Transferable[]> | undefined;
  #sentAt = 0;
  #last = { bundle: 0, items: 0 };

  /** @param form `serialized`: values go as bytes, for a process that only passes them on */
  constructor(port: MessagePort, control: ControlBlock, form: 'cloned' | 'serialized') {
    this.#port = port;
    this.#control = control;
    this.#form = form;
  }

  get pending(): boolean {
    return this.#values.length > 0;
  }

  /** The bundle that was reported last, and how many of its items have been. */
  get reached(): { readonly bundle: number; readonly items: number } {
    return { bundle: this.#bundle, items: this.#from };
  }

  /** How far the last message reached: the number of its bundle, 0 before the first, and how many items of that have been reported with it. */
  get last(): { readonly bundle: number; readonly items: number } {
    return this.#last;
  }

  /** When the last message went, or the bundle began. */
  get sentAt(): number {
    return this.#sentAt;
  }

  open(bundle: number, now: number): void {
    this.#bundle = bundle;
    this.#from = 0;
    this.#sentAt = now;
    this.#reset(now);
  }

  /** The next item has only begun now. Told where nothing is reported before it: times of a report leave no gap. */
  begin(now: number): void {
    if (this.#values.length === 0) this.#times[0] = now;
  }

  returned(result: unknown, now: number): void {
    append(this.#values, result);
    append(this.#times, now);
  }

  moved({ value, list }: Moved, now: number): void {
    this.#moved ??= new MovedAt();
    setIn(this.#moved, this.#values.length, list);
    this.returned(value, now);
  }

  sealed({ digest, bytes }: SealedResult, now: number): void {
    this.#notes ??= [];
    append(this.#notes, [this.#values.length, 'sealed', digest]);
    this.moved({ value: bytes, list: movedBytes(bytes) }, now);
  }

  threw({ note, error }: Failure, now: number): void {
    this.#notes ??= [];
    append(this.#notes, [this.#values.length, note, error]);
    this.returned(undefined, now);
  }

  send(now: number): void {
    this.#control.tell(); // What has not ended, as far as can be seen, has no result.
    if (this.#values.length === 0) return;
    try {
      this.#post(this.#from, this.#values, this.#times, this.#notes, this.#everythingMoved());
    } catch {
      this.#sendOneByOne();
    }
    this.#from += this.#values.length;
    this.#last.bundle = this.#bundle;
    this.#last.items = this.#from;
    this.#sentAt = now;
    this.#reset(this.#times[this.#times.length - 1]!);
    this.#control.doubt(); // A getter in a result is code of the user.
  }

  #everythingMoved(): Transferable[] | undefined {
    if (this.#moved === undefined) return undefined;
    const all: Transferable[] = [];
    for (let i = 0; i < this.#values.length; i++) {
      const list = getFrom(this.#moved, i);
      for (let j = 0; list !== undefined && j < list.length; j++) append(all, list[j]!);
    }
    return all;
  }

  #noteOf(offset: number): ItemNote | undefined {
    if (this.#notes === undefined) return undefined;
    for (let i = 0; i < this.#notes.length; i++) if (this.#notes[i]![0] === offset) return this.#notes[i];
    return undefined;
  }

  #reset(lastTime: number): void {
    this.#values = [];
    this.#times = [lastTime];
    this.#notes = undefined;
    this.#moved = undefined;
  }

  #post(from: number, values: unknown[], times: number[], notes: ItemNote[] | undefined, moved: readonly Transferable[] | undefined): void {
    if (this.#form === 'serialized') {
      const bytes = toBytes(values);
      this.#port.postMessage([FROM_THREAD.done, this.#bundle, from, bytes, times, notes], movedBytes(bytes));
    } else {
      this.#port.postMessage([FROM_THREAD.done, this.#bundle, from, values, times, notes], moved ?? []);
    }
  }

  /** Something among the values cannot be cloned: each goes alone, and the one that cannot becomes a failure of its own. */
  #sendOneByOne(): void {
    for (let i = 0; i < this.#values.length; i++) {
      const times = [this.#times[i]!, this.#times[i + 1]!];
      const note = this.#noteOf(i);
      try {
        this.#post(
          this.#from + i,
          [this.#values[i]],
          times,
          note && [[0, note[1], note[2]] as ItemNote],
          this.#moved && getFrom(this.#moved, i),
        );
      } catch (cause) {
        const kind = note === undefined ? 'clone-result' : 'clone-error';
        this.#post(this.#from + i, [undefined], times, [[0, kind, encodeForSure(cause)]], undefined);
      }
    }
  }
}
