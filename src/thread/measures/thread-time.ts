import { type CpuTime, Presence } from '../../core/time/presence.ts';

// Taken before code of the user can put something in its place: see core/foreign/intrinsics.ts.
const cpuUsage: typeof process.cpuUsage = process.cpuUsage.bind(process);
const cpuTime: CpuTime = () => {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
};

/** Time as tasks of a thread have it: time in which the program stood still does not count. */
export interface ThreadTime {
  now(): number;
  /** A moment on the machine's scale, at or shortly before now. Time that is lost, and has not been noticed yet, was lost after it. */
  lived(machine: number): number;
}

/**
 * @param machine the manager's scale that does not stand still
 * @param shared where the manager keeps its time; in a process of its own a thread has none
 */
export function threadTime(machine: () => number, shared: SharedArrayBuffer | undefined): ThreadTime {
  if (shared === undefined) return { now: machine, lived: (ms) => ms };
  const presence = new Presence(shared);
  return {
    now: () => {
      const ms = machine();
      return ms - presence.lostAt(ms, cpuTime);
    },
    lived: (ms) => ms - presence.lost,
  };
}
