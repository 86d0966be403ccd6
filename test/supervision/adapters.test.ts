import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  closableChild,
  type ExitReason,
  type Pair,
  pairChild,
  Supervisor,
  type SupervisorReport,
  supervisorChild,
} from '../../src/supervision/index.ts';
import { Stage, settled, states } from './stage.ts';

describe('a start/stop pair as a child', () => {
  it('is dead when its stop has settled, whatever stop replies', async () => {
    const stage = new Stage();
    const log: string[] = [];
    let finish!: () => void;
    const pair = pairChild({
      id: 'db',
      start: async () => ({ name: 'connection' }),
      stop: (connection) => {
        log.push(`closing ${connection.name}`);
        return new Promise<string>((resolve) => {
          finish = () => resolve('bye');
        });
      },
    });
    const supervisor = await stage.running({}, pair);
    const stopped = supervisor.stop();
    assert.equal(await settled(stopped), false);
    finish();
    await stopped;
    assert.deepEqual(log, ['closing connection']);
  });

  it('sends its death notice through its context', async () => {
    const stage = new Stage();
    const exits: ((reason?: ExitReason) => void)[] = [];
    const starts: string[] = [];
    const pair = pairChild({
      id: 'p',
      restart: 'transient',
      start: ({ id, restarts, exit }) => {
        starts.push(`${id} ${restarts}`);
        exits.push(exit);
      },
      stop() {},
    });
    const supervisor = await stage.running({}, pair);
    exits[0]!({ kind: 'error', error: new Error('gone') });
    exits[0]!();
    await stage.settle();
    assert.deepEqual(starts, ['p 0', 'p 1']);
    exits[0]!({ kind: 'error', error: new Error('an old one, and nobody listens') });
    await stage.settle();
    assert.equal(states(supervisor), 'p:running');
    exits[1]!();
    await stage.settle();
    assert.equal(states(supervisor), 'p:stopped');
  });

  it('that can be killed is killed; one that cannot is given up', async () => {
    for (const kill of [() => {}, undefined]) {
      const stage = new Stage();
      const pair: Pair<string> = { id: 'p', shutdown: 100, start: () => 'thing', stop: () => new Promise(() => {}) };
      if (kill !== undefined) pair.kill = kill;
      const supervisor = await stage.running({}, pairChild(pair));
      const stopped = supervisor.stop();
      await stage.clock.advance(100);
      assert.equal(await settled(stopped), kill !== undefined);
      await stage.clock.advance(2_000);
      await stopped;
      assert.equal(supervisor.tree().orphans, kill === undefined ? 1 : undefined);
    }
  });

  it('whose stop throws is killed, and the error is reported', async () => {
    const stage = new Stage();
    const stop = () => {
      throw new Error('stuck');
    };
    const supervisor = await stage.running({}, pairChild({ id: 'p', start: () => 1, stop, kill() {} }));
    await supervisor.stop();
    const reports = stage.events('shutdownFailed');
    assert.equal(reports.length, 1);
  });

  it('may be an object with a state of its own, and describes itself', async () => {
    class Service {
      readonly id = 'p';
      #state = 'down';
      start(): void {
        this.#state = 'up';
      }
      stop(): void {
        this.#state = 'down again';
      }
      tree() {
        return { kind: 'service', state: this.#state };
      }
    }
    const stage = new Stage();
    const service = new Service();
    const supervisor = await stage.running({}, pairChild(service));
    assert.deepEqual(supervisor.tree().children, [{ id: 'p', kind: 'service', state: 'up', restarts: 0 }]);
    await supervisor.stop();
    assert.equal(service.tree().state, 'down again');
  });

  it('with an option that nobody knows is refused', async () => {
    const pair = { id: 'p', start() {}, stop() {}, restarts: 3 };
    await assert.rejects(new Stage().running({}, pairChild(pair)), { code: 'ERR_INVALID_OPTION' });
  });
});

describe('a closable as a child', () => {
  it('is closed, and crashes when its owner says so', async () => {
    const stage = new Stage();
    let opened = 0;
    const sockets: { close(): void; fail(): void }[] = [];
    const child = closableChild({
      id: 'socket',
      open: ({ exit }) => {
        opened++;
        const socket = { close: () => void opened--, fail: () => exit({ kind: 'error', error: new Error('reset') }) };
        sockets.push(socket);
        return socket;
      },
    });
    const supervisor = await stage.running({}, child);
    sockets[0]!.fail();
    await stage.settle();
    assert.equal(supervisor.which()[0]!.restarts, 1);
    assert.equal(opened, 2);
    await supervisor.stop();
    assert.equal(opened, 1, 'the crashed one is not closed: it is dead');
  });
});

describe('a supervisor as a child', () => {
  it('shares the clock and the listener of the one above, unless it has its own', async () => {
    const stage = new Stage();
    const own: SupervisorReport[] = [];
    const low = supervisorChild({ id: 'low', report: (report) => own.push(report), children: [stage.spec('a')] });
    const mid = supervisorChild({ id: 'mid', children: [stage.spec('b'), low] });
    await stage.running({ id: 'top' }, mid);
    const heard = (reports: SupervisorReport[]) =>
      reports.map((report) => `${report.supervisor} ${report.event === 'childStarted' && report.child}`);
    assert.deepEqual(heard(stage.reports), ['mid b', 'mid low', 'top mid']);
    assert.deepEqual(heard(own), ['low a']);
  });
});

describe('with real time and a real thread', () => {
  it('a worker thread that crashes is replaced, and stopped at the end', async () => {
    const online: number[] = [];
    let crashed!: () => void;
    const replaced = new Promise<void>((resolve) => {
      crashed = resolve;
    });
    const thread = closableWorker((threadId) => {
      online.push(threadId);
      if (online.length === 2) crashed();
    });
    await using supervisor = await new Supervisor({ id: 'threads', restart: { minTimeout: 0 }, children: [thread] }).start();
    await replaced;
    assert.equal(new Set(online).size, 2);
    assert.equal(supervisor.tree().children?.[0]?.restarts, 1);
  });
});

/** A thread that throws a little after its first start. */
function closableWorker(onOnline: (threadId: number) => void) {
  return pairChild<Worker>({
    id: 'thread',
    start: async ({ restarts, exit }) => {
      const worker = new Worker(restarts === 0 ? 'setImmediate(() => { throw new Error("boom") })' : 'setInterval(() => {}, 1e6)', {
        eval: true,
      });
      let last: unknown;
      worker.on('error', (error) => {
        last = error;
      });
      worker.on('exit', (code) => exit(code === 0 ? { kind: 'normal' } : { kind: 'error', error: last ?? new Error(`exit code ${code}`) }));
      await new Promise((resolve) => worker.once('online', resolve));
      onOnline(worker.threadId);
      return worker;
    },
    stop: (worker) => worker.terminate(),
  });
}
