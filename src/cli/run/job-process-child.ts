import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inheritedFlags } from '../../core/inherited-flags.ts';
import type { ChildSpec, ExitReason, RunningChild } from '../../supervision/index.ts';
import type { FromManager, RunRequest, ToManager } from './messages.ts';

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
  readonly onMessage: (message: FromManager, pid: number) => void;
  /** What tasks print. */
  readonly onPrinted: (text: Buffer) => void;
  readonly onStart: (manager: Manager) => void;
}

/** A manager that runs. */
export interface Manager {
  send(message: ToManager): void;
}

const ENTRY = fileURLToPath(new URL('./job-process.js', import.meta.url));

function launch(options: ManagerOptions): ChildProcess {
  return spawn(process.execPath, [...inheritedFlags(), ENTRY], {
    stdio: [options.stdin ? 'inherit' : 'ignore', 'pipe', 'pipe', 'ipc', options.stdout ? 1 : 'ignore'],
    serialization: 'advanced',
    // Away from the terminal's group, so that Ctrl-C does not kill the processes that the pool may have started.
    // But a process outside that group cannot read from the terminal.
    detached: !(options.stdin && process.stdin.isTTY),
  });
}

/** How a manager's death looks to its supervisor. */
function deathOf(child: ChildProcess, over: () => boolean): Promise<ExitReason> {
  // The last message may come after the exit; behind the end of the channel there is none.
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
      const child = launch(options);
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
      // A manager that dies while it is written to is heard of through its exit.
      const send = (message: ToManager) => void child.send(message, () => {});
      const kill = () => void child.kill('SIGKILL');
      options.onStart({ send });
      send({ type: 'begin', request: options.request() });
      return { exited, stop: kill, kill, tree: () => ({ kind: 'manager', pid: child.pid! }) };
    },
  };
}
