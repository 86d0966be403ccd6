import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** One process, told apart from every other that had or will have its number. */
export interface ProcessName {
  readonly host: string;
  readonly pid: number;
  /** When it was started, in whatever form the system says so; with the boot of the machine where that is known. */
  readonly started: string;
}

/** What a lock needs to know about the processes of this machine. */
export interface Processes {
  readonly self: ProcessName;
  /** `unknown`: it runs, or ran, on another machine. */
  state(process: ProcessName): 'alive' | 'dead' | 'unknown';
}

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8);
  } catch {
    return '';
  }
}

/** Start time of a process, or undefined if there is none of that number. */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // The name in parentheses may hold spaces and parentheses itself; field 22 is counted from the last one.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie holds no file any more; it only waits for its parent to look.
      return fields[0] === 'Z' ? undefined : `${bootOf()}/${fields[19]}`;
    } catch {
      return undefined;
    }
  }
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
  const host = hostname();
  return {
    self: { host, pid, started: startOf(pid) ?? '' },
    state(other) {
      if (other.host !== host) return 'unknown';
      return startOf(other.pid) === other.started ? 'alive' : 'dead';
    },
  };
}
