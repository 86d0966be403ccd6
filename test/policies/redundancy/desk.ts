import type { Clock } from '../../../src/core/clock.ts';
import { Tally } from '../../../src/core/counting/tally.ts';
import { Emitter, type PoolEvents } from '../../../src/core/events.ts';
import type { Failure } from '../../../src/core/failure.ts';
import { type Attempt, type Course, type RetryRules, Task } from '../../../src/core/task.ts';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import type { CourseHost } from '../../../src/policies/course-host.ts';

const RETRY: RetryRules = {
  retries: 0,
  minTimeout: 25,
  maxTimeout: 1_000,
  factor: 2,
  randomize: false,
  on: ['crash', 'timeout', 'oom', 'startup'],
  shouldRetry: undefined,
};

/** A task without a caller. */
class Nobodys extends Task {
  fulfilled(): void {}
  rejected(): void {}
}

/** A host that only writes down what a course asks for; the test plays the threads. */
export class FakeDesk implements CourseHost {
  readonly clock: Clock;
  readonly random = (): number => 0.5;
  readonly emitter = new Emitter();
  readonly tally = new Tally();
  readonly escalates = false;
  /** Every attempt that was submitted. */
  readonly submitted: Attempt[] = [];
  readonly cancelled: [attempt: Attempt, mode: string][] = [];
  readonly convicted: Attempt[] = [];
  readonly conflicts: PoolEvents['conflict'][] = [];
  /** Attempts whose thread was ended. */
  readonly gone = new Set<Attempt>();
  /** A thread is idle, and nothing waits. */
  hasLeisure = true;
  /** The settlement, once there is one. */
  outcome: { value: unknown } | Failure | undefined;

  constructor(clock: Clock = new VirtualClock()) {
    this.clock = clock;
    this.emitter.on('conflict', (event) => this.conflicts.push(event));
  }

  submit(attempt: Attempt): void {
    const key = this.submitted.length + 1;
    attempt.queue();
    attempt.take();
    attempt.send({ key, threadId: key, slot: this.submitted.length }, 1, this.clock.now());
    this.submitted.push(attempt);
  }

  cancel(attempt: Attempt, mode: 'stop' | 'surplus'): void {
    attempt.giveUp(mode === 'stop' ? 'fenced' : 'surplus');
    this.cancelled.push([attempt, mode]);
  }

  started(): boolean {
    return false;
  }

  runs(attempt: Attempt): boolean {
    return ['sent', 'surplus', 'fenced'].includes(attempt.state) && !this.gone.has(attempt);
  }

  bar(attempts: readonly Attempt[]): () => void {
    return () => void this.convicted.push(...attempts);
  }

  *running(): Generator<{ attempt: Attempt; startedAt: number }> {
    for (const attempt of this.submitted) if (attempt.state === 'sent') yield { attempt, startedAt: attempt.startedAt };
  }

  leisure(): boolean {
    return this.hasLeisure;
  }

  fulfil(task: Task, value: unknown): void {
    if (task.state === 'open') this.outcome = { value };
    task.state = 'settled';
  }

  reject(task: Task, failure: Failure): void {
    if (task.state === 'open') this.outcome = failure;
    task.state = 'settled';
  }

  /** A task that goes this way; not begun. */
  task(course: Course, retry: Partial<RetryRules> = {}): Task {
    const spec = {
      name: 'default',
      limits: { run: Infinity, queue: Infinity, total: Infinity },
      retry: { ...RETRY, ...retry },
      idempotent: true,
      priority: 0,
      course,
      tally: this.tally.task('default'),
    };
    return new Nobodys(1, spec, undefined, this.clock.now(), undefined);
  }

  /** The thread of this attempt returns a value. */
  returns(attempt: Attempt, value: unknown): void {
    const { course, tally } = attempt.task.spec;
    if (attempt.state === 'surplus') {
      course.returnedLate?.(attempt, value, this.clock.now());
    } else {
      attempt.end();
      tally.attemptEnded('ok', this.clock.now() - attempt.startedAt, false);
      course.succeeded(attempt, value, this.clock.now());
    }
  }

  fails(attempt: Attempt, failure: Failure): void {
    attempt.end();
    attempt.task.spec.course.failed(attempt, failure);
  }
}
