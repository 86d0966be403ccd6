import type { Timer } from '../../../src/core/clock.ts';
import type { Attempt, Task } from '../../../src/core/task.ts';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import type { CourseHost } from '../../../src/policies/course-host.ts';
import { HedgeCourse, Hedging } from '../../../src/policies/hedging/hedge-course.ts';
import type { HedgeRules } from '../../../src/policies/hedging/rules.ts';
import { FakeDesk } from '../redundancy/desk.ts';

/** Milliseconds that an attempt takes. */
export type Service = (task: number, replica: number) => number;

/** Threads in virtual time: they run what is submitted, one attempt each, first come first served, and end none before its time. */
export class Floor extends FakeDesk {
  declare readonly clock: VirtualClock;
  readonly #service: Service;
  readonly #course: HedgeCourse;
  readonly #queue: Attempt[] = [];
  readonly #busy = new Map<number, Attempt>();
  readonly #threads: number;
  /** Milliseconds that tasks waited for their results. */
  readonly latencies: number[] = [];
  /** Thread time of first attempts and of copies, each to its end. */
  work = 0;
  copies = 0;

  constructor(threads: number, rules: HedgeRules, service: Service) {
    super(new VirtualClock({ now: 1_000 }));
    this.#threads = threads;
    this.#service = service;
    this.#course = new HedgeCourse(rules, new Hedging(this.#bound()));
  }

  begin(number: number): void {
    const task = this.task(this.#course);
    task.input = number;
    this.#course.begin(task);
  }

  override submit(attempt: Attempt): void {
    attempt.queue();
    this.#queue.push(attempt);
    this.#feed();
  }

  override cancel(attempt: Attempt): void {
    if (attempt.state === 'queued') this.#queue.splice(this.#queue.indexOf(attempt), 1);
    attempt.giveUp(attempt.state === 'sent' ? 'surplus' : 'fenced');
  }

  override *running(): Generator<{ attempt: Attempt; startedAt: number }> {
    for (const attempt of this.#busy.values()) if (attempt.state === 'sent') yield { attempt, startedAt: attempt.startedAt };
  }

  override runs(attempt: Attempt): boolean {
    return this.#busy.get(attempt.threadKey) === attempt;
  }

  override leisure(): boolean {
    return this.#queue.length === 0 && this.#busy.size < this.#threads;
  }

  override fulfil(task: Task, value: unknown): void {
    super.fulfil(task, value);
    this.latencies.push(this.clock.now() - task.acceptedAt);
  }

  /** The same host for those who put another one before it. */
  #bound(): CourseHost {
    const { clock, random, emitter, escalates } = this;
    return {
      ...{ clock, random, emitter, escalates },
      submit: (attempt) => this.submit(attempt),
      cancel: (attempt) => this.cancel(attempt),
      started: () => this.started(),
      runs: (attempt) => this.runs(attempt),
      bar: (attempts) => this.bar(attempts),
      running: () => this.running(),
      leisure: () => this.leisure(),
      fulfil: (task, value) => this.fulfil(task, value),
      reject: (task, failure) => this.reject(task, failure),
    };
  }

  #feed(): void {
    for (let key = 1; key <= this.#threads; key++) {
      if (this.#busy.has(key)) continue;
      const at = this.#queue.findIndex(({ placement }) => placement?.kin?.barred.includes(key) !== true);
      if (at < 0) continue;
      const [attempt] = this.#queue.splice(at, 1) as [Attempt];
      attempt.take();
      attempt.send({ key, threadId: key, slot: key - 1 }, 1, this.clock.now());
      this.#busy.set(key, attempt);
      this.#run(attempt);
    }
  }

  #run(attempt: Attempt): Timer {
    const ms = this.#service(attempt.task.input as number, attempt.replica);
    if (attempt.replica === 0) this.work += ms;
    else this.copies += ms;
    return this.clock.setTimeout(() => {
      this.#busy.delete(attempt.threadKey);
      this.returns(attempt, attempt.task.input);
      this.#feed();
    }, ms);
  }
}
