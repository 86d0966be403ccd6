import type { Failure } from '../../../src/core/failure.ts';
import type { Attempt, Task } from '../../../src/core/task.ts';
import { Ledger } from '../../../src/policies/ledger.ts';
import { QuorumCourse } from '../../../src/policies/redundancy/quorum-course.ts';
import { RetryLine } from '../../../src/policies/retry.ts';
import { Admission } from '../../../src/pool/admission.ts';

/** What a pool does not say, and its simulation has to know. */
export interface Hooks {
  /** `run` or a map is about to enter a task into the books. */
  accepting(task: Task): void;
  /** The ledger is asked to settle a task; `failure` is absent for a success. Returns whether it may. */
  settling(task: Task, value: unknown, failure: Failure | undefined): boolean;
  /** The ledger has settled it, although it might not. */
  settledInVain(task: Task): void;
  /** A ballot is about to be cast. */
  casting(attempt: Attempt, value: unknown): void;
  /** It was cast, and all that followed from it was done. */
  cast(attempt: Attempt): void;
  /** A retry begins to wait, or has waited. */
  backingOff(by: 1 | -1): void;
}

let current: Hooks | undefined;
let installed = false;

/** From now on these are called, until the next ones are. Methods are replaced once: to do it for each seed would cost more than many a seed. */
export function tell(hooks: Hooks | undefined): void {
  current = hooks;
  if (installed) return;
  installed = true;
  const { accept } = Admission.prototype;
  const { fulfil, reject } = Ledger.prototype;
  const { succeeded } = QuorumCourse.prototype;
  const settle = (task: Task, value: unknown, failure: Failure | undefined, how: () => boolean): boolean => {
    const may = current?.settling(task, value, failure) ?? true;
    const done = how();
    if (done && !may) current?.settledInVain(task);
    return done;
  };
  Admission.prototype.accept = function (task, signal) {
    current?.accepting(task);
    accept.call(this, task, signal);
  };
  Ledger.prototype.fulfil = function (task, value) {
    return settle(task, value, undefined, () => fulfil.call(this, task, value));
  };
  Ledger.prototype.reject = function (task, failure) {
    return settle(task, undefined, failure, () => reject.call(this, task, failure));
  };
  const { wait } = RetryLine.prototype;
  RetryLine.prototype.wait = async function (consumed) {
    const hooks = current;
    hooks?.backingOff(1);
    await wait.call(this, consumed);
    hooks?.backingOff(-1);
  };
  QuorumCourse.prototype.succeeded = function (attempt, value) {
    current?.casting(attempt, value);
    succeeded.call(this, attempt, value);
    current?.cast(attempt);
  };
}
