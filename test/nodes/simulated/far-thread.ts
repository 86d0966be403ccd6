import { fromBytes } from '../../../src/core/wire/bytes.ts';
import { encodeError } from '../../../src/core/wire/codec.ts';
import { MAX_BUNDLE } from '../../../src/core/wire/control-block.ts';
import type { ItemNote } from '../../../src/core/wire/wire.ts';
import type { ThreadEvents } from '../../../src/executors/executor.ts';
import type { LocalExecutor, LocalThread } from '../../../src/executors/nodes/agent/local.ts';
import type { Packed } from '../../../src/executors/pack.ts';
import type { Machine } from './machine.ts';

/** What one execution does: how long it takes, and how it ends. */
export interface Deed {
  readonly ms: number;
  readonly outcome: 'returns' | 'throws' | 'crashes' | 'hangs';
  readonly value?: unknown;
}

/** Where it runs. */
export interface Place {
  readonly machine: Machine;
  readonly threadId: number;
}

/** The code of tasks, as those who look on decide it. */
export interface Performance {
  /** An execution begins. */
  begin(place: Place, input: unknown, attempt: number, replica: number): Deed;
  /** It has ended: as it wanted to, or because its thread was ended. */
  ended?(place: Place, input: unknown, how: 'returned' | 'threw' | 'crashed' | 'killed'): void;
  /** Milliseconds that a thread takes to start. */
  startTime(): number;
  /** Whether results wait to be sent with the next. @default they do not */
  holdsBack?(): boolean;
}

interface Mail {
  readonly bundle: number;
  readonly inputs: readonly unknown[];
  readonly metas: Packed['metas'];
  size: number;
  claimed: number;
  finished: number;
  /** Items that were reported, and what has ended since. */
  reported: number;
  values: unknown[];
  notes: ItemNote[];
  times: number[];
}

/** Bundles that are remembered once they are done. */
const REMEMBERED = 16;

/** A thread of a simulated node, as the agent sees its own: it takes items in order, and dies by itself, by order, or with its machine. */
export class FarThread implements LocalThread {
  readonly memory: undefined;
  readonly sending = false;
  readonly threadId: number;
  seen = 0;
  itemStartedAt = 0;
  readonly #machine: Machine;
  readonly #events: ThreadEvents;
  readonly #performance: Performance;
  readonly #mail: Mail[] = [];
  #state: 'starting' | 'idle' | 'busy' | 'dead' = 'starting';
  #current: unknown;

  constructor(threadId: number, machine: Machine, events: ThreadEvents, performance: Performance) {
    this.threadId = threadId;
    this.#machine = machine;
    this.#events = events;
    this.#performance = performance;
    machine.inside(() => {
      if (this.#state !== 'starting') return;
      this.#state = 'idle';
      machine.loop.turn(() => events.ready());
      this.#work();
    }, performance.startTime());
  }

  send(): never {
    throw new Error('What runs on a node was packed elsewhere.');
  }

  post(bundle: number, { inputs, metas }: Packed): void {
    const all = fromBytes(inputs as unknown as Uint8Array) as unknown[];
    this.#mail.push({
      bundle,
      inputs: all,
      metas,
      size: all.length,
      claimed: 0,
      finished: 0,
      reported: 0,
      values: [],
      notes: [],
      times: [],
    });
    if (this.#mail.length > REMEMBERED && this.#mail[0]!.reported === this.#mail[0]!.size) this.#mail.shift();
    this.#machine.threads.turn(() => this.#work());
  }

  revoke(bundle: number, answer: (claimed: number) => void): void {
    const mail = this.#mailOf(bundle);
    if (mail !== undefined) mail.size = Math.min(mail.size, mail.claimed);
    answer(mail?.claimed ?? MAX_BUNDLE);
  }

  standing(bundle: number): { claimed: number; finished: number } {
    return this.#mailOf(bundle) ?? { claimed: MAX_BUNDLE, finished: MAX_BUNDLE };
  }

  poll(): void {}
  abort(): void {}
  assign(): void {}

  /** Its module has nothing to tear down. */
  tearDown(): void {
    this.terminate();
  }

  terminate(): void {
    this.#machine.inside(() => this.#die('killed', 1), 0.1);
  }

  #mailOf(bundle: number): Mail | undefined {
    return this.#mail.find((one) => one.bundle === bundle);
  }

  #work(): void {
    if (this.#state !== 'idle') return;
    const mail = this.#mail.find((one) => one.claimed < one.size);
    if (mail === undefined) return;
    this.#state = 'busy';
    this.seen = mail.bundle;
    this.itemStartedAt = this.#machine.clock.now();
    if (mail.times.length === 0) mail.times.push(this.itemStartedAt);
    const index = mail.claimed++;
    this.#current = mail.inputs[index];
    const meta = mail.metas?.[index];
    const deed = this.#performance.begin(this.#place, this.#current, meta?.attempt ?? 1, meta?.replica ?? 0);
    if (deed.outcome !== 'hangs') this.#machine.inside(() => this.#end(mail, index, deed), deed.ms);
  }

  get #place(): Place {
    return { machine: this.#machine, threadId: this.threadId };
  }

  #end(mail: Mail, index: number, { outcome, value }: Deed): void {
    if (this.#state !== 'busy') return;
    if (outcome === 'crashes') {
      this.#die('crashed', 1, { of: 'item', bundle: mail.bundle, index });
      return;
    }
    this.#performance.ended?.(this.#place, this.#current, outcome === 'throws' ? 'threw' : 'returned');
    if (outcome === 'throws') mail.notes.push([mail.values.length, 'error', encodeError(new Error(String(value)))]);
    mail.values.push(outcome === 'throws' ? undefined : value);
    mail.times.push(this.#machine.clock.now());
    mail.finished++;
    this.itemStartedAt = 0;
    this.#state = 'idle';
    if (mail.claimed >= mail.size || this.#performance.holdsBack?.() !== true) this.#report(mail);
    this.#work();
  }

  #report(mail: Mail): void {
    const { bundle, reported: from, values, times, notes } = mail;
    if (values.length === 0) return;
    mail.reported += values.length;
    mail.values = [];
    mail.notes = [];
    mail.times = times.slice(-1);
    this.#machine.loop.turn(() => this.#events.done(bundle, from, values, times, notes.length > 0 ? notes : undefined));
  }

  #die(
    how: 'crashed' | 'killed',
    exitCode: number,
    blame: { of: 'item'; bundle: number; index: number } | { of: 'running' } = { of: 'running' },
  ): void {
    if (this.#state === 'dead') return;
    const was = this.#state;
    this.#state = 'dead';
    for (const mail of this.#mail) this.#report(mail);
    if (was === 'busy') this.#performance.ended?.(this.#place, this.#current, how);
    const cause = how === 'crashed' ? 'crash' : 'exit';
    const error = how === 'crashed' ? new Error('the task has ended its thread') : undefined;
    this.#machine.loop.turn(() => this.#events.exited({ cause, exitCode, error, blame }));
  }
}

/** Threads of one session of a simulated node. @param number gives each thread one of its own */
export function farThreads(machine: Machine, performance: Performance, number: () => number): LocalExecutor {
  return {
    start: (events) => new FarThread(number(), machine, events, performance),
    close: () => Promise.resolve(),
    now: () => machine.clock.now(),
  };
}
