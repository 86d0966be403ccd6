import assert from 'node:assert/strict';
import { type ExitReason, type RestartType, type RunningChild, type Strategy, Supervisor } from '../../src/supervision/index.ts';

export interface Puppet extends RunningChild {
  die(reason?: ExitReason): void;
}

export function puppet(): Puppet {
  let die!: (reason?: ExitReason) => void;
  const exited = new Promise<ExitReason | undefined>((resolve) => {
    die = resolve;
  });
  return { exited, die, stop: () => die({ kind: 'shutdown' }) };
}

/**
 * The given number of children is started, each dies once (and comes back, unless it is temporary), half are terminated one by one, the
 * rest are stopped with their supervisor. Returns the CPU time it took, in nanoseconds a child.
 * Nothing in that may cost more with more siblings.
 */
export async function lives(n: number, restart: RestartType, strategy: Strategy): Promise<number> {
  const before = process.cpuUsage();
  const running: Puppet[] = [];
  let starts = 0;
  const start = (i: number): Puppet => {
    starts++;
    running[i] = puppet();
    return running[i];
  };
  const limits = { intensity: n, within: 3_600_000 };
  const simple = strategy === 'simple_one_for_one';
  const template = { restart, start: (_: unknown, i: number) => start(i) };
  const supervisor = new Supervisor<number>({ strategy, restart: limits, ...(simple ? { template } : {}) });
  await supervisor.start();
  for (let i = 0; i < n; i++) {
    if (simple) await supervisor.startInstance(i, String(i));
    else await supervisor.startChild({ id: String(i), restart, start: () => start(i) });
  }
  assert.deepEqual(supervisor.count(), { specs: simple ? 1 : n, active: n, supervisors: 0, workers: n });
  for (let i = 0; i < n; i++) {
    // In a group, only the last can die without taking others with it.
    if (simple || strategy === 'one_for_one') running[i]!.die({ kind: 'killed' });
    if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setImmediate(resolve));
  const left = restart === 'temporary' ? 0 : n;
  assert.deepEqual([supervisor.count().active, starts], [left, n + left]);
  for (let i = 0; i < left / 2; i++) await supervisor.terminateChild(String(i));
  assert.equal(supervisor.count().active, left / 2);
  await supervisor.stop();
  assert.equal(supervisor.count().active, 0);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / n;
}

if (process.argv[2] === 'run') {
  const [, , , restart, strategy, n] = process.argv as unknown as [string, string, string, RestartType, Strategy, string];
  // Warm first, or the thousand pay for the compiler. Then as many in all as there are to be at once, or they pay for no collection of garbage.
  for (let i = 0; i < 10; i++) await lives(1_000, restart, strategy);
  const rounds = Number(n) / 1_000;
  let few = 0;
  for (let i = 0; i < rounds; i++) few += (await lives(1_000, restart, strategy)) / rounds;
  const many = await lives(Number(n), restart, strategy);
  console.log(`CPU time: ${Math.round(few)} ns a child of 1,000, ${Math.round(many)} ns a child of ${n}: ratio ${(many / few).toFixed(2)}`);
}
