import { readdirSync, readFileSync } from 'node:fs';

/** Bytes of this process and its children, pages that several share divided among them; undefined where /proc does not tell. */
export function memoryOfFamily(): number | undefined {
  try {
    const family = readdirSync('/proc').filter((pid) => pid === String(process.pid) || isChild(pid));
    return family.reduce((sum, pid) => sum + sharedOut(pid), 0);
  } catch {
    return undefined;
  }
}

function isChild(pid: string): boolean {
  if (!/^\d+$/.test(pid)) return false;
  try {
    const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return parent === String(process.pid);
  } catch {
    return false; // It has gone meanwhile.
  }
}

function sharedOut(pid: string): number {
  const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
