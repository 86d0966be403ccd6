import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { Lock } from '../../src/batch/job/lock.ts';
import { machineProcesses, type Processes, type ProcessName, type ProcessState, startOf } from '../../src/batch/machine/processes.ts';
import { type Random, seeded } from '../../src/core/random.ts';
import { settle, VirtualClock } from '../../src/faults/virtual-clock.ts';
import { oneIn } from '../soak.ts';
import { SimulatedDisk } from './disk/simulated-disk.ts';

const test = oneIn(3, import.meta.url);

interface Where {
  readonly killAt?: number;
  readonly parent?: number;
  /** Another container. */
  readonly space?: string;
  /** Another run of the kernel, or another kernel. */
  readonly boot?: string;
  readonly host?: string;
  readonly machine?: string;
  readonly started?: string;
}

class Machine {
  readonly #alive = new Map<number, { readonly name: ProcessName; readonly end: () => void }>();
  readonly clock: VirtualClock = new VirtualClock();
  readonly disk: SimulatedDisk;
  constructor(random: Random) {
    this.disk = new SimulatedDisk(random);
  }

  take(pid: number, where: Where = {}): { lock: Promise<Lock>; killed: Promise<void> } {
    const { killAt, parent, space = 's', boot = 'b', host = 'here', machine = '', started = `${pid}` } = where;
    const { disk, killed, end } = this.disk.life(killAt === undefined ? {} : { killAt });
    const self: ProcessName = { host, machine, boot, space, pid, started };
    this.#alive.set(pid, { name: self, end });
    const state = (other: ProcessName): ProcessState => {
      if (other.boot !== boot) return 'foreign';
      if (other.space !== space) return 'hidden';
      return this.#alive.get(other.pid)?.name.started === other.started ? 'alive' : 'dead';
    };
    const processes: Processes = { self, state, end: (other) => this.die(other.pid) };
    const seams = { disk, processes, clock: this.clock, ...(parent && { parent: { ...self, pid: parent, started: `${parent}` } }) };
    void killed.then(() => this.#alive.delete(pid));
    return { lock: Lock.take('/lock', seams), killed };
  }

  live(pid: number): void {
    this.#alive.set(pid, { name: { host: 'here', machine: '', boot: 'b', space: 's', pid, started: `${pid}` }, end: () => {} });
  }

  die(pid: number): void {
    this.#alive.get(pid)?.end();
    this.#alive.delete(pid);
  }
}

test('a lock has one owner, who gives it back', async () => {
  const machine = new Machine(seeded(1));
  const lock = await machine.take(1).lock;
  await assert.rejects(machine.take(2).lock, { code: 'ERR_BATCH_LOCKED', message: /held by process 1 on here/ });
  await lock.release();
  await (await machine.take(2).lock).release();
  assert.deepEqual(machine.disk.paths, []);
});

test('of many that find the lock of a dead process, whoever dies half way, exactly one gets it', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  for (let round = 0; round < 300; round++) {
    const machine = new Machine(random);
    await machine.take(1).lock;
    machine.die(1);
    let owners = 0;
    for (let wave = 0, pid = 2; owners === 0; wave++) {
      assert.ok(wave < 50, 'nobody gets the lock');
      const takers = Array.from({ length: 3 }, () =>
        machine.take(pid++, random() < 0.5 && wave < 5 ? { killAt: 1 + Math.floor(random() * 30) } : {}),
      );
      const got = takers.map(({ lock, killed }) =>
        Promise.race([
          lock.then(
            () => 1,
            () => 0,
          ),
          killed.then(() => 0),
        ]),
      );
      for (const one of await Promise.all(got)) owners += one;
    }
    assert.equal(owners, 1);
  }
});

test('a new run waits for one that has lost its supervisor, and takes over when it is gone', async () => {
  const machine = new Machine(seeded(1));
  machine.live(10);
  await machine.take(1, { parent: 10 }).lock;
  await assert.rejects(machine.take(2).lock, { code: 'ERR_BATCH_LOCKED' });
  machine.die(10);
  const { lock } = machine.take(3);
  await machine.clock.advance(500);
  machine.die(1);
  await machine.clock.advance(100);
  await lock;
  machine.die(3);
  machine.live(11);
  await machine.take(4, { parent: 11 }).lock;
  machine.die(11);
  // Stopped, it cannot end itself.
  const next = machine.take(5).lock;
  await machine.clock.advance(2_000);
  await next;
});

const REFUSED = { code: 'ERR_BATCH_LOCKED' };

/** Two takers, one after the other: whether the first one lives, and what becomes of the second. */
const SCENES: [scene: string, first: Where, second: Where, then: 'alive' | 'gone', expected: 'refused' | 'taken over'][] = [
  ['alive in another container with the same host name', { space: 'c1' }, { space: 'c2' }, 'alive', 'refused'],
  ['gone with its container', { space: 'c1' }, { space: 'c2' }, 'gone', 'taken over'],
  ['from before a reboot', { boot: 'before' }, {}, 'gone', 'taken over'],
  ['a process id that another process has now', { started: 'earlier' }, {}, 'gone', 'taken over'],
];

for (const [scene, first, second, then, expected] of SCENES) {
  test(`an owner that is ${scene}: ${expected}`, async () => {
    const machine = new Machine(seeded(1));
    await machine.take(1, first).lock;
    if (then === 'gone') machine.die(1);
    if (first.started !== undefined) machine.live(1);
    const { lock } = machine.take(2, second);
    if (expected === 'taken over') await (await lock).release();
    else await assert.rejects(lock, REFUSED);
  });
}

test('without locks of the kernel, nobody takes what a hidden or distant owner may have; the message says what to do', async () => {
  for (const [first, second] of [
    [{ space: 'c1' }, { space: 'c2' }],
    [{ boot: 'other' }, {}],
    [
      { boot: 'other', host: 'twin', machine: 'm' },
      { host: 'here', machine: 'm' },
    ],
  ] satisfies [Where, Where][]) {
    const machine = new Machine(seeded(1));
    machine.disk.kernelLocks = false;
    machine.disk.local = false;
    await machine.take(1, first).lock;
    machine.die(1);
    await assert.rejects(machine.take(2, second).lock, {
      ...REFUSED,
      message:
        /names process 1 on \w+, which cannot be seen from here: .*Look there\. If it surely runs no more, delete that file and try again\.$/,
    });
    await machine.disk.life().disk.remove('/lock');
    await machine.take(3, second).lock;
  }
});

test('in a network folder, the lock from before a reboot of this very machine is taken over', async () => {
  const machine = new Machine(seeded(1));
  machine.disk.local = false;
  await machine.take(1, { boot: 'before', machine: 'm' }).lock;
  machine.die(1);
  await machine.take(2, { machine: 'm' }).lock;
});

test('whoever finds its lock removed or replaced writes no more', async () => {
  const machine = new Machine(seeded(1));
  const lock = await machine.take(1).lock;
  await lock.check();
  await machine.disk.life().disk.remove('/lock');
  await assert.rejects(lock.check(), { ...REFUSED, phase: 'during' });
  const other = await machine.take(2).lock;
  await assert.rejects(lock.check(), REFUSED);
  await lock.release();
  await other.check();
});

test('a link that somebody has put where a draft will be is removed, and what it leads to stays', async () => {
  const machine = new Machine(seeded(1));
  machine.disk.put('/precious', 'precious');
  await machine.take(1).lock;
  machine.die(1);
  machine.disk.symlink('/lock.new', '/precious');
  await machine.take(2).lock;
  assert.equal(machine.disk.get('/precious')!.toString(), 'precious');
});

test('the lock of another machine, and one that cannot be read, are left alone', async () => {
  const machine = new Machine(seeded(1));
  machine.disk.local = false;
  machine.disk.put('/lock', JSON.stringify({ host: 'elsewhere', boot: 'x', pid: 1, started: '1', token: 'x' }));
  await assert.rejects(machine.take(1).lock, /process 1 on elsewhere/);
  machine.disk.put('/lock', '{');
  await assert.rejects(machine.take(1).lock, /somebody unknown.*delete that file/);
  await settle();
});

test('a process is known by its number and its start', async () => {
  const processes = machineProcesses();
  assert.equal(processes.state(processes.self), 'alive');
  assert.equal(processes.state({ ...processes.self, started: 'before' }), 'dead');
  assert.equal(processes.state({ ...processes.self, boot: 'other' }), 'foreign');
  assert.equal(processes.state({ ...processes.self, space: 'pid:[1]' }), process.platform === 'linux' ? 'hidden' : 'alive');
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  const name = machineProcesses(child.pid!).self;
  assert.equal(processes.state(name), 'alive');
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(processes.state(name), 'dead');
  assert.equal(startOf(child.pid!), undefined);
});
