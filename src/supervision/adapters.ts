import type { ExitReason } from './exit.ts';
import type { ChildSettings, ChildSpec, RunningChild, StartContext, SupervisorOptions } from './spec.ts';
import { Supervisor } from './supervisor.ts';
import type { TreeNode } from './tree.ts';

/** What a pair's `start` receives: how to send its death notice. */
export interface PairContext extends StartContext {
  /** Call it when the thing has died by itself; without a reason, normally. Only the first call counts. */
  exit(reason?: ExitReason): void;
}

/** Something with a start and a stop and no death notice of its own. */
export interface Pair<T> extends ChildSettings {
  /** Unique within its supervisor. */
  id: string;
  /** Makes the thing. To throw or to reject means that it failed to start. */
  start(context: PairContext): T | PromiseLike<T>;
  /** Asked to stop; when what it returns has settled, the thing counts as dead. */
  stop(started: T): unknown;
  /** Ends it without asking; when what it returns has settled, the thing counts as dead. @default none: it cannot be killed, only given up */
  kill?(started: T): unknown;
  /** What it has to say in the live tree. */
  tree?(started: T): Partial<TreeNode>;
}

/** A child from a start/stop pair. Connect its crashes to `context.exit`, or the supervisor does not notice them. */
export function pairChild<T>(pair: Pair<T>): ChildSpec {
  const { start, stop, kill, tree, ...settings } = pair;
  return {
    ...settings,
    start: async (context) => {
      let exit!: (reason: ExitReason) => void;
      const exited = new Promise<ExitReason>((resolve) => {
        exit = resolve;
      });
      const { id, restarts, signal, clock, report } = context;
      const started = await start.call(pair, { id, restarts, signal, clock, report, exit: (reason = { kind: 'normal' }) => exit(reason) });
      const running: RunningChild = {
        exited,
        stop: async () => {
          await stop.call(pair, started);
          exit({ kind: 'shutdown' });
        },
      };
      if (kill !== undefined) {
        running.kill = async () => {
          await kill.call(pair, started);
          exit({ kind: 'killed' });
        };
      }
      if (tree !== undefined) running.tree = () => tree.call(pair, started);
      return running;
    },
  };
}

/** Anything that can be closed: a pool, a server, a connection. */
export interface Closable {
  /** Asks it to close; when what this returns has settled, it counts as dead. */
  close(): unknown;
}

/** A child from something with a `close` method. `open` makes it; connect its crashes to `context.exit`. */
export function closableChild<T extends Closable>(
  closable: Omit<Pair<T>, 'start' | 'stop'> & { open(context: PairContext): T | PromiseLike<T> },
): ChildSpec {
  const { open, ...rest } = closable;
  return pairChild<T>({ ...rest, start: (context) => open.call(closable, context), stop: (opened) => opened.close() });
}

/**
 * A supervisor as a child. It is never killed and may take its time to start, because its own children have limits.
 * Clock and listener are those of the supervisor above, unless given.
 */
export function supervisorChild<Argument = never>(
  options: SupervisorOptions<Argument> & { id: string },
  settings: Omit<ChildSettings, 'type'> = {},
): ChildSpec {
  return {
    ...settings,
    id: options.id,
    type: 'supervisor',
    start: (context) => {
      const { clock = context.clock, report = context.report } = options;
      const supervisor = new Supervisor<Argument>({ ...options, clock, ...(report === undefined ? {} : { report }) });
      context.signal.addEventListener('abort', () => void supervisor.stop(), { once: true });
      return supervisor.start();
    },
  };
}
