import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** One process, told apart from every other that had or will have its number, also where containers share a host name. */
export interface ProcessName {
  /** Name of its machine, as it calls itself. */
  readonly host: string;
  /** Id of the installed system; empty if the system has no such id, as in many containers. */
  readonly machine: string;
  /** Id of the kernel's run since it was booted, which all containers on it share; empty where it cannot be known. */
  readonly boot: string;
  /** Id of the process namespace, in which `pid` is unique; empty where the system has no namespaces. */
  readonly space: string;
  /** Its number. */
  readonly pid: number;
  /** When it was started, in whatever form the system says so. */
  readonly started: string;
}

/**
 * - `alive`, `dead`: it can be seen from here
 * - `hidden`: it is of this boot, in a namespace that cannot be seen from here
 * - `foreign`: it is of another boot, of this machine or another one
 */
export type ProcessState = 'alive' | 'dead' | 'hidden' | 'foreign';

/** What a lock needs to know about the processes of this machine. */
export interface Processes {
  /** This process. */
  readonly self: ProcessName;
  /** Whether that process lives, as far as it can be seen from here. */
  state(process: ProcessName): ProcessState;
  /** Ends a process that is alive, also one that is stopped; any other is left alone. */
  end(process: ProcessName): void;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Where /proc is that of another namespace (or not there), its numbers are those of other processes. */
const procIsOurs = (): boolean => linkOf('/proc/self') === String(process.pid);

/** The start in a line of /proc/<pid>/stat; undefined for a process that has ended. */
function startIn(stat: string): string | undefined {
  // The name in parentheses may hold spaces and parentheses itself; field 22 is counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie holds no file any more; it only waits for its parent to look.
  return fields[0] === 'Z' ? undefined : fields[19];
}

/** Start time of a process that this one can see, or undefined if no process has that number. */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return startIn(textOf(`/proc/${pid}/stat`));
  if (process.platform !== 'win32') {
    const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    return status === 0 ? stdout.trim() : undefined;
  }
  try {
    process.kill(pid, 0);
    return '';
  } catch {
    return undefined;
  }
}

/** The processes of this machine; `pid` is the one that will hold locks. */
export function machineProcesses(pid: number = process.pid): Processes {
  const linux = process.platform === 'linux';
  const visible = !linux || procIsOurs();
  const self: ProcessName = {
    host: hostname(),
    machine: textOf('/etc/machine-id') || textOf('/var/lib/dbus/machine-id'),
    boot: textOf('/proc/sys/kernel/random/boot_id'),
    space: linkOf('/proc/self/ns/pid'),
    pid,
    started: (visible ? startOf(pid) : undefined) ?? '',
  };
  const state = (other: ProcessName): ProcessState => {
    if (other.boot !== self.boot || (self.boot === '' && other.host !== self.host)) return 'foreign';
    if (other.space !== self.space || !visible) return 'hidden';
    return startOf(other.pid) === other.started ? 'alive' : 'dead';
  };
  return {
    self,
    state,
    end: (other) => {
      if (state(other) !== 'alive') return;
      try {
        process.kill(other.pid, 'SIGKILL');
      } catch {
        // It has ended in between, or belongs to another user.
      }
    },
  };
}
