import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inheritedFlags } from '../../../core/inherited-flags.ts';
import type { ChildSpec, ExitReason, RunningChild } from '../../../supervision/index.ts';
import type { FromManager, RunRequest, ToManager } from '../messages.ts';
import { boundToParent } from './bound-to-parent.ts';

/** The manager died without having said how the job ended. */
export class ManagerDiedError extends Error {
  readonly pid: number;
  /** Name of a signal, or an exit code. */
  readonly reason: string;

  constructor(pid: number, reason: string) {
    super(`The manager (process ${pid}) died: ${reason}.`);
    this.pid = pid;
    this.reason = reason;
  }
}

export interface ManagerOptions {
  /** What the manager of this start is asked to do. */
  readonly request: () => RunRequest;
  /** The job reads standard input. */
  readonly stdin: boolean;
  /** The job writes standard output. */
  readonly stdout: boolean;
  /** False if what has been read or written cannot be read or written again. */
  readonly restartable: boolean;
  /** Descriptors that the manager needs under the same numbers. */
  readonly descriptors: readonly number[];
  readonly onMessage: (message: FromManager, pid: number) => void;
  /** What tasks print. */
  readonly onPrinted: (text: Buffer) => void;
  readonly onStart: (manager: Manager) => void;
}

/** A manager that runs. */
export interface Manager {
  send(message: ToManager): void;
  /** Continues it if it was stopped (SIGSTOP): a stopped process cannot receive messages. */
  wake(): void;
}

const ENTRY = fileURLToPath(new URL('./job-process.js', import.meta.url));

/** Standard input, two pipes for what tasks print, and behind them the channel, standard output, and what the paths of the job lead to. */
function stdioOf({ stdin, stdout, descriptors }: ManagerOptions): {
  stdio: (number | 'inherit' | 'pipe' | 'ipc' | 'ignore')[];
  data: number;
} {
  const free = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].filter((number) => !descriptors.includes(number));
  const [channel = 16, data = 17] = free;
  const stdio: (number | 'inherit' | 'pipe' | 'ipc' | 'ignore')[] = [stdin ? 'inherit' : 'ignore', 'pipe', 'pipe'];
  for (let number = 3; number <= Math.max(channel, data, ...descriptors); number++) {
    if (number === channel) stdio.push('ipc');
    else if (number === data) stdio.push(stdout ? 1 : 'ignore');
    else stdio.push(descriptors.includes(number) ? number : 'ignore');
  }
  return { stdio, data };
}

function launch(options: ManagerOptions, stdio: ReturnType<typeof stdioOf>['stdio']): ChildProcess {
  const { command, args } = boundToParent(process.execPath, [...inheritedFlags(), ENTRY]);
  return spawn(command, args, {
    stdio,
    serialization: 'advanced',
    // Away from the terminal's group, so that Ctrl-C does not kill the processes that the pool may have started.
    // But a process outside that group cannot read from the terminal.
    detached: !(options.stdin && process.stdin.isTTY),
  });
}

/** How a manager's death looks to its supervisor. */
function deathOf(child: ChildProcess, over: () => boolean): Promise<ExitReason> {
  // The last message may come after the exit; after the end of the channel no message comes.
  const silent = new Promise<void>((resolve) => child.once('disconnect', resolve));
  return new Promise((resolve) => {
    child.once('exit', async (code, signal) => {
      await silent;
      if (over()) resolve({ kind: 'normal' });
      else resolve({ kind: 'error', error: new ManagerDiedError(child.pid!, signal ?? `exit code ${code}`) });
    });
  });
}

/** The manager as a child of a supervisor: restarted when it dies, but not when it has said how the job ended. */
export function managerChild(options: ManagerOptions): ChildSpec {
  return {
    id: 'manager',
    restart: options.restartable ? 'transient' : 'temporary',
    significant: true,
    shutdown: 0,
    async start(): Promise<RunningChild> {
      const { stdio, data } = stdioOf(options);
      const child = launch(options, stdio);
      await new Promise((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      });
      let over = false;
      const exited = deathOf(child, () => over);
      child.on('message', (message: FromManager) => {
        over ||= message.type === 'ended' || message.type === 'failed';
        options.onMessage(message, child.pid!);
      });
      for (const stream of [child.stdout!, child.stderr!]) stream.on('data', options.onPrinted);
      // If the manager dies during the write, its exit event follows.
      const send = (message: ToManager) => void child.send(message, () => {});
      const kill = () => void child.kill('SIGKILL');
      options.onStart({ send, wake: () => void child.kill('SIGCONT') });
      send({ type: 'begin', request: options.request(), data });
      return { exited, stop: kill, kill, tree: () => ({ kind: 'manager', pid: child.pid! }) };
    },
  };
}
