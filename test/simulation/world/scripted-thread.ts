import type { Attempt } from '../../../src/core/task.ts';
import { encodeError } from '../../../src/core/wire/codec.ts';
import { ControlBlock } from '../../../src/core/wire/control-block.ts';
import type { FailedItem } from '../../../src/core/wire/wire.ts';
import type { ExecutorThread, Exit, ThreadEvents } from '../../../src/executors/executor.ts';
import { settle, type VirtualClock } from '../../../src/faults/virtual-clock.ts';

/** Milliseconds: tasks that take no longer travel with others, and an equal share of what waits is worth a message. */
export const SHORT = 0.06;

/** A bundle that lies on a thread. */
interface Mail {
  readonly bundle: number;
  readonly inputs: readonly unknown[];
  /** Items that it has begun. */
  next: number;
  /** Items that it has reported. */
  from: number;
  /** What has ended since, with a result or without. */
  values: unknown[];
  failed: FailedItem[];
  /** Start of the first item that has not been reported, then the end of each that has ended. */
  times: number[];
}

/** What a thread needs to know of its pool. */
interface Surroundings {
  readonly clock: VirtualClock;
  /** Threads of another process answer later. */
  readonly answers: 'at once' | 'later';
}

/** A thread that does what its test tells it, step by step. */
export class ScriptedThread implements ExecutorThread {
  readonly threadId: number;
  readonly events: ThreadEvents;
  readonly #script: Surroundings;
  readonly #control = new ControlBlock();
  /** Bundles that it has been handed, in order: what is in them, and how far it is. */
  readonly mail: Mail[] = [];
  /** Everything that it has ever been handed. */
  readonly attempts: Attempt[] = [];
  /** Reports that it has sent and that have not been looked at. */
  readonly #sent: (() => void)[] = [];
  terminated = false;
  /** It was asked for its teardown. */
  tearsDown = false;
  /** Revocations on their way to it, and its answers, if it lives far away. */
  readonly #orders: (() => void)[] = [];
  readonly #answers: (() => void)[] = [];

  constructor(threadId: number, script: Surroundings, events: ThreadEvents) {
    this.threadId = threadId;
    this.#script = script;
    this.events = events;
  }

  // ---- as its pool sees it

  get itemStartedAt(): number {
    return this.#control.startedAt;
  }

  get seen(): number {
    return this.#control.seen;
  }

  get sending(): boolean {
    return this.#control.sending;
  }

  memory: number | undefined = undefined;

  send(bundle: number, attempts: readonly Attempt[]): void {
    const inputs = attempts.map((attempt) => structuredClone(attempt.task.input));
    this.#control.open(bundle);
    this.attempts.push(...attempts);
    this.mail.push({ bundle, inputs, next: 0, from: 0, values: [], failed: [], times: [] });
  }

  revoke(bundle: number, answer: (claimed: number) => void): void {
    if (this.#script.answers === 'at once') {
      answer(this.#control.revoke(bundle));
      return;
    }
    this.#orders.push(() => {
      const claimed = this.#control.revoke(bundle);
      this.#answers.push(() => answer(claimed));
    });
  }

  standing(bundle: number): { claimed: number; finished: number } {
    return { claimed: this.#control.claimed(bundle), finished: this.#control.finished(bundle) };
  }

  poll(): void {
    for (const arrive of this.#sent.splice(0)) arrive();
  }

  abort(bundle: number, index: number): void {
    this.#control.abort(bundle, index);
  }

  assign(): void {}

  tearDown(): void {
    this.tearsDown = true;
  }

  terminate(): void {
    this.terminated = true;
  }

  // ---- as its test plays it

  async ready(): Promise<void> {
    this.events.ready();
    await settle();
  }

  /** Begins the next item that it may; `undefined` if it may begin nothing. */
  begin(): { readonly input: unknown } | undefined {
    for (const bundle of this.mail) {
      this.#control.see(bundle.bundle);
      if (bundle.next >= bundle.inputs.length) continue;
      this.#control.startedAt = this.#script.clock.now();
      if (!this.#control.claim(bundle.bundle, bundle.next)) {
        bundle.next = bundle.inputs.length;
        continue;
      }
      if (bundle.times.length === 0) bundle.times.push(this.#script.clock.now());
      return { input: bundle.inputs[bundle.next++] };
    }
    return undefined;
  }

  /** Ends the item that it has begun, and says nothing yet. */
  finish(value?: unknown): void {
    const bundle = this.mail.findLast((one) => one.next > one.from + one.values.length)!;
    this.#control.finish(bundle.bundle, bundle.from + bundle.values.length);
    bundle.values.push(value);
    bundle.times.push(this.#script.clock.now());
  }

  /** Begins to send the results that are ready, which takes forever. */
  hangSending(): void {
    this.#control.sends(true);
  }

  /** Ends the item that it has begun with an error, and says nothing yet. */
  fail(error: unknown): void {
    const bundle = this.mail.findLast((one) => one.next > one.from + one.values.length)!;
    bundle.failed.push([bundle.values.length, 'error', encodeError(error)]);
    this.finish();
  }

  /** Sends the outcomes of all that has ended; `arrive: false`: they wait until the pool looks. */
  async report({ arrive = true } = {}): Promise<void> {
    for (const mail of this.mail.splice(0)) {
      const { bundle, from, values, failed, times } = mail;
      if (values.length > 0) this.#sent.push(() => this.events.done(bundle, from, values, times, failed.length > 0 ? failed : undefined));
      const left = { from: from + values.length, values: [], failed: [], times: times.slice(values.length) };
      if (mail.next < mail.inputs.length) this.mail.push({ ...mail, ...left });
    }
    if (arrive) this.poll();
    await settle();
  }

  /** Runs everything that it has been handed, each with its input as the result. */
  async work(): Promise<unknown[]> {
    const done: unknown[] = [];
    for (let item = this.begin(); item !== undefined; item = this.begin()) {
      await this.#script.clock.advance(SHORT);
      this.finish(item.input);
      done.push(item.input);
    }
    await this.report();
    return done;
  }

  /** Revocations reach it. */
  obey(): void {
    for (const order of this.#orders.splice(0)) order();
  }

  /** Its answers to revocations arrive. */
  async answer(): Promise<void> {
    for (const answer of this.#answers.splice(0)) answer();
    await settle();
  }

  async exit(exit: Partial<Exit> = {}): Promise<void> {
    this.events.exited({ cause: 'exit', exitCode: 1, error: undefined, blame: { of: 'running' }, ...exit });
    await settle();
  }
}
