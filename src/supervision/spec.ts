import type { Clock } from '../core/clock.ts';
import type { ExitReason, RestartType } from './exit.ts';
import type { SupervisorListener } from './report.ts';
import type { TreeNode } from './tree.ts';

/** A child that runs. Its death notice, `exited`, is one thing; the reply to `stop` is another, and is never waited for. */
export interface RunningChild {
  /**
   * The death notice: settles once, when nothing of the child is left. Resolve it with an `ExitReason`, or with nothing
   * for a normal exit; a rejection is a crash with that error.
   */
  readonly exited: PromiseLike<ExitReason | undefined> | PromiseLike<void>;
  /** Asks it to stop. It may have died this very moment. If it throws or rejects, the child is killed. */
  stop(): unknown;
  /** Ends it without asking. Without this, `stop` is called again and the child can only be given up. */
  kill?(): unknown;
  /** What it has to say of itself in the live tree: `pid`, `threadId`, `children` and so on. */
  tree?(): Partial<TreeNode>;
}

/** Returned by a `start` that has nothing to run now: the child counts as started and stays stopped. */
export const ignore: Ignored = Object.freeze({ started: 'nothing' });

/** A start that has nothing to run. */
export interface Ignored {
  /** Tells it from a running child. */
  readonly started: 'nothing';
}

/** What `start` comes back with. */
export type Started = RunningChild | Ignored;

/** What `start` receives. */
export interface StartContext {
  /** The id of the child. */
  readonly id: string;
  /** 0 at first, then how many times its supervisor has restarted it. */
  readonly restarts: number;
  /** Aborted when this start is no longer awaited: `startTimeout` has passed, or the child is to be stopped. */
  readonly signal: AbortSignal;
  /** The clock of its supervisor. */
  readonly clock: Clock;
  /** The listener of its supervisor, if there is one. */
  readonly report: SupervisorListener | undefined;
}

/** What starts a child: the user's spec, or the template of a simple supervisor with its argument. */
export interface Origin {
  start(context: StartContext): unknown;
}

/** How a child is restarted, stopped and given up. Every time is in milliseconds. */
export interface ChildSettings {
  /** `'permanent'`: always restarted. `'transient'`: only after a crash or a kill. `'temporary'`: never. @default 'permanent' */
  restart?: RestartType | undefined;
  /**
   * Milliseconds from asking to killing. 0: killed without asking. `Infinity`: never killed, so it must stop by itself.
   * @default 5_000; `Infinity` for supervisors
   */
  shutdown?: number | undefined;
  /** Milliseconds from killing until it is given up as an orphan. @default 2_000 */
  terminateTimeout?: number | undefined;
  /** Milliseconds within which `start` must settle. @default 10_000; `Infinity` for supervisors, whose children have their own */
  startTimeout?: number | undefined;
  /** What it is in the tree: a worker, or a supervisor below. @default 'worker' */
  type?: 'worker' | 'supervisor' | undefined;
  /** Counts for the supervisor's `autoShutdown`; a permanent child cannot be significant. @default false */
  significant?: boolean | undefined;
}

/** How to start, stop and restart one child. */
export interface ChildSpec extends ChildSettings {
  /** Unique within its supervisor. */
  id: string;
  /** Starts the child. To throw or to reject means that it failed to start. */
  start(context: StartContext): Started | PromiseLike<Started>;
}

/** The template of all children of a `simple_one_for_one` supervisor. */
export interface ChildTemplate<Argument> extends ChildSettings {
  /** Starts one child with its argument. To throw or to reject means that it failed to start. */
  start(context: StartContext, argument: Argument): Started | PromiseLike<Started>;
}

/** Which children are restarted when one has died. */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';

/** Restart intensity, and the delays between restarts. */
export interface RestartLimits {
  /** Restarts allowed within `within`; one more and the supervisor gives up. @default 5 */
  intensity: number;
  /** Milliseconds of the window in which they are counted. @default 30_000 */
  within: number;
  /** The first restart is immediate, the second waits this many milliseconds, each further one twice as long. @default 50 */
  minTimeout: number;
  /** Milliseconds of the longest wait before a restart. @default 5_000 */
  maxTimeout: number;
}

/** Options of a supervisor. */
export interface SupervisorOptions<Argument = never> {
  /** Its name in reports, errors and the tree. @default 'supervisor' */
  id?: string | undefined;
  /**
   * Which children are restarted when one dies. `'one_for_one'`: it alone. `'one_for_all'`: all. `'rest_for_one'`: it and
   * those started after it. `'simple_one_for_one'`: it alone, all made from one `template`, stopped all at once. @default 'one_for_one'
   */
  strategy?: Strategy | undefined;
  /** Started in this order, stopped in reverse. @default none */
  children?: readonly ChildSpec[] | undefined;
  /** Needed by `simple_one_for_one`, refused by the others. @default none */
  template?: ChildTemplate<Argument> | undefined;
  /** When it gives up, and how long restarts wait. @default those of each of its fields */
  restart?: Partial<RestartLimits> | undefined;
  /** Whether the end of significant children ends the supervisor. @default 'never' */
  autoShutdown?: 'never' | 'any_significant' | 'all_significant' | undefined;
  /** Time, and timers. @default the system's */
  clock?: Clock | undefined;
  /** Hears of every start, death, failure and orphan. If it throws, nothing happens. @default none */
  report?: SupervisorListener | undefined;
}
