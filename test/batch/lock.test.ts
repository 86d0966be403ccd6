import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { Lock } from '../../src/batch/job/lock.ts';
import { machineProcesses, type Processes, startOf } from '../../src/batch/machine/processes.ts';
import { type Random, seeded } from '../../src/core/random.ts';
import { settle, VirtualClock } from '../../src/faults/virtual-clock.ts';
import { SimulatedDisk } from './simulated-disk.ts';

class Machine {
  readonly alive = new Set<number>();
  readonly clock: VirtualClock = new VirtualClock();
  readonly disk: SimulatedDisk;
  constructor(random: Random) {
    this.disk = new SimulatedDisk(random);
  }

  take(pid: number, killAt?: number, parent?: number): { lock: Promise<Lock>; killed: Promise<void> } {
    this.alive.add(pid);
    const { disk, killed } = this.disk.life(killAt === undefined ? {} : { killAt });
    const processes: Processes = {
      self: { host: 'here', pid, started: `${pid}` },
      state: (other) => (other.host !== 'here' ? 'unknown' : this.alive.has(other.pid) ? 'alive' : 'dead'),
    };
    const seams = { disk, processes, clock: this.clock, ...(parent && { parent: { host: 'here', pid: parent, started: `${parent}` } }) };
    void killed.then(() => this.alive.delete(pid));
    return { lock: Lock.take('/lock', seams), killed };
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
    machine.alive.delete(1);
    let owners = 0;
    for (let wave = 0, pid = 2; owners === 0; wave++) {
      assert.ok(wave < 50, 'nobody gets the lock');
      const takers = Array.from({ length: 3 }, () =>
        machine.take(pid++, random() < 0.5 && wave < 5 ? 1 + Math.floor(random() * 25) : undefined),
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
  machine.alive.add(10);
  await machine.take(1, undefined, 10).lock;
  await assert.rejects(machine.take(2).lock, { code: 'ERR_BATCH_LOCKED' });
  machine.alive.delete(10);
  const { lock } = machine.take(3);
  await machine.clock.advance(500);
  machine.alive.delete(1);
  await machine.clock.advance(100);
  await lock;
  machine.alive.delete(3);
  const stubborn = machine.take(4, undefined, 11);
  await stubborn.lock;
  const refused = assert.rejects(machine.take(5).lock, { code: 'ERR_BATCH_LOCKED' });
  await machine.clock.advance(20_000);
  await refused;
});

test('the lock of another machine, and one that cannot be read, are left alone', async () => {
  const machine = new Machine(seeded(1));
  machine.disk.put('/lock', JSON.stringify({ host: 'elsewhere', pid: 1, started: '1', token: 'x' }));
  await assert.rejects(machine.take(1).lock, /process 1 on elsewhere/);
  machine.disk.put('/lock', '{');
  await assert.rejects(machine.take(1).lock, /somebody unknown.*delete that file/);
  await settle();
});

test('a process is known by its number and its start', async () => {
  const processes = machineProcesses();
  assert.equal(processes.state(processes.self), 'alive');
  assert.equal(processes.state({ ...processes.self, started: 'before' }), 'dead');
  assert.equal(processes.state({ ...processes.self, host: 'elsewhere' }), 'unknown');
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  const name = machineProcesses(child.pid!).self;
  assert.equal(processes.state(name), 'alive');
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(processes.state(name), 'dead');
  assert.equal(startOf(child.pid!), undefined);
});
