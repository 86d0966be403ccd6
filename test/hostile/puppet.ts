import { toBytes } from '../../src/core/wire/bytes.ts';
import { ControlBlock } from '../../src/core/wire/control-block.ts';
import { FROM_THREAD } from '../../src/core/wire/wire.ts';
import type { VirtualClock } from '../../src/faults/virtual-clock.ts';

/** A report that continues its bundle, but for one thing. */
export const TWISTS = ['told before', 'one too late', 'a time too few', 'a time too many', 'a seal around no bytes'] as const;
export type Twist = (typeof TWISTS)[number];

/** What an honest task returns. */
export const answerTo = (input: unknown): unknown => ({ answer: input });

interface Bundle {
  readonly number: number;
  readonly inputs: readonly unknown[];
  next: number;
  reported: number;
  /** The end of each item that has ended, after the start of the first. */
  times: number[];
}

/** The inside of a thread whose code the test plays: it runs what it is handed honestly, a step at a time. What it says goes to `post`. */
export class Puppet {
  readonly control = new ControlBlock();
  readonly #clock: VirtualClock;
  readonly #post: (message: readonly unknown[]) => void;
  readonly #bundles: Bundle[] = [];
  #reached = { bundle: 0, items: 0 };
  #last: readonly unknown[] | undefined;

  constructor(clock: VirtualClock, post: (message: readonly unknown[]) => void) {
    this.#clock = clock;
    this.#post = post;
  }

  hand(number: number, inputs: readonly unknown[]): void {
    this.control.open(number);
    this.#bundles.push({ number, inputs, next: 0, reported: 0, times: [] });
  }

  /** Begins the next item, and ends it unless `leaves`; the input, or `undefined` if nothing is left. */
  step(leaves: 'ends' | 'runs' = 'ends'): unknown {
    for (let bundle = this.#bundles[0]; bundle !== undefined; bundle = this.#bundles[0]) {
      const { number, inputs, next } = bundle;
      const now = this.#clock.now();
      this.control.see(number);
      this.control.startedAt = now;
      if (this.control.finished(number) < next) {
        this.control.finish(number, next - 1);
        bundle.times.push(now);
        return inputs[next - 1];
      }
      if (next < inputs.length && this.control.claim(number, next)) {
        if (bundle.times.length === 0) bundle.times.push(now);
        bundle.next++;
        if (leaves === 'ends') {
          this.control.finish(number, next);
          bundle.times.push(now);
        }
        return inputs[next];
      }
      this.report();
      this.#bundles.shift();
    }
    return undefined;
  }

  /** Sends what has ended. */
  report(): void {
    const bundle = this.#bundles[0];
    if (bundle === undefined) return;
    const { number, inputs, reported, times } = bundle;
    const ended = times.length - 1;
    if (ended <= 0) return;
    const values = inputs.slice(reported, reported + ended).map(answerTo);
    bundle.reported += ended;
    bundle.times = times.slice(ended);
    this.#reached = { bundle: number, items: bundle.reported };
    this.#last = [FROM_THREAD.done, number, reported, values, times, undefined];
    this.#post(this.#last);
  }

  /** What a stranger says who knows how far the thread is; `undefined` if there is nothing to say. */
  twisted(twist: Twist, value: unknown): readonly unknown[] | undefined {
    if (twist === 'told before') return this.#last;
    const bundle = this.#bundles[0];
    const ended = (bundle?.times.length ?? 0) - 1;
    if (bundle === undefined || ended <= 0) return undefined;
    const { number, reported, times } = bundle;
    const report = (from: number, told: readonly number[], notes?: unknown): readonly unknown[] => {
      const values = Array.from({ length: reported + ended - from }, () => value);
      return [FROM_THREAD.done, number, from, values, told, notes];
    };
    if (twist === 'one too late') return ended > 1 ? report(reported + 1, times.slice(1)) : undefined;
    if (twist === 'a time too few') return report(reported, times.slice(1));
    if (twist === 'a time too many') return report(reported, [...times, times.at(-1)!]);
    return report(
      reported,
      times,
      Array.from({ length: ended }, (_, i) => [i, 'sealed', 'digest']),
    );
  }

  account(number: number): void {
    this.#post([FROM_THREAD.account, number, this.#reached.bundle, this.#reached.items]);
  }
}

/** What a cell makes of an honest thread's message. */
export function asFromCell(thread: number, message: readonly unknown[]): { message: Record<string, unknown>; body: Uint8Array } {
  if (message[0] === FROM_THREAD.done) {
    const [, bundle, from, values, times, notes] = message;
    return { message: { tell: 'done', thread, bundle, from, times, notes }, body: toBytes(values) };
  }
  if (message[0] === FROM_THREAD.account)
    return { message: { tell: 'accounted', thread, bundle: message[2], upTo: message[3] }, body: new Uint8Array(0) };
  return { message: { tell: 'ready', thread }, body: new Uint8Array(0) };
}
