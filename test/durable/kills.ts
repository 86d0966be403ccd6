import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/core/random.ts';
import { managerOf } from '../cli/command.ts';
import type { BatchInput } from '../fixtures/batch/batch-task.ts';
import { type Cluster, inOrder } from './cluster.ts';

export interface ManagerKills {
  /** Of these managers were killed, … */
  killed: number;
  /** … and these were stopped, and woken later. */
  frozen: number;
  /** Milliseconds from each until another manager held the outputs. */
  readonly takeovers: number[];
}

/** Resolves with the manager that holds the output, another one than `before`; undefined once the job is over. */
async function nextManager(cluster: Cluster, before: number | undefined, over: () => boolean): Promise<number | undefined> {
  while (!over()) {
    const pid = managerOf(cluster.out);
    if (pid !== undefined && pid !== before) return pid;
    await sleep(5);
  }
  return undefined;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Lines that the managers may do between two kills. */
const A_KILL = 60;

/** Runs one job until it is done, and kills or freezes its managers at drawn instants, this many times. */
export async function killManagers(cluster: Cluster, random: Random, wanted: number): Promise<ManagerKills> {
  // With each kill more of the job can be done, however fast the machine is: managers that find nothing to do are given up after twenty of them.
  const lines = A_KILL * (wanted + 1);
  const gateOf = (n: number): string => `gate${Math.floor(n / A_KILL)}`;
  const open = (kills: number): void => writeFileSync(join(cluster.cwd, gateOf(A_KILL * kills)), '');
  const input = Array.from({ length: lines }, (_, n): BatchInput => ({ n, ms: n % 9, gate: gateOf(n) }));
  writeFileSync(join(cluster.cwd, 'in.ndjson'), input.map((line) => `${JSON.stringify(line)}\n`).join(''));
  open(0);
  const run = cluster.run('--timeout', 'none');
  let over = false;
  void run.ended.then(() => {
    over = true;
  });
  const report: ManagerKills = { killed: 0, frozen: 0, takeovers: [] };
  const asleep: number[] = [];
  let manager = await nextManager(cluster, undefined, () => over);
  while (manager !== undefined && report.killed + report.frozen < wanted) {
    // Drawn: start, recovery, work and checkpoints. Every other one may do some of the job first, or it would never end.
    const most = inOrder(A_KILL * (report.killed + report.frozen + 1)).length; // Behind that it waits.
    const size = random() < 0.5 ? 0 : Math.min(most, sizeOf(cluster.out) + random() * 1_000);
    while (!over && managerOf(cluster.out) === manager && sizeOf(cluster.out) < size) await sleep(5);
    await sleep(random() * 1_000);
    const how = random() < 0.7 ? 'killed' : 'frozen';
    if (!signal(manager, how === 'killed' ? 'SIGKILL' : 'SIGSTOP')) break;
    report[how]++;
    open(report.killed + report.frozen);
    const at = performance.now();
    if (how === 'frozen') asleep.push(manager);
    manager = await nextManager(cluster, manager, () => over);
    report.takeovers.push(performance.now() - at);
    if (random() < 0.5) for (const pid of asleep.splice(0)) signal(pid, 'SIGCONT');
  }
  for (let kills = report.killed + report.frozen; kills <= wanted; kills++) open(kills);
  const { code } = await run.ended;
  for (const pid of asleep) signal(pid, 'SIGCONT');
  assert.equal(code, 0, run.stderr);
  assert.equal(cluster.results, inOrder(lines));
  assert.deepEqual(
    readdirSync(cluster.cwd).filter((name) => name.endsWith('.lock')),
    [],
  );
  assert.deepEqual(await cluster.lasting(), []);
  return report;
}
