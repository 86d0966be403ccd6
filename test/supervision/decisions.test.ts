import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide, type ExitReason, type RestartType, type StartContext } from '../../src/supervision/index.ts';
import { crash, Stage, states } from './stage.ts';

const reasons: Record<string, ExitReason> = {
  normal: { kind: 'normal' },
  shutdown: { kind: 'shutdown' },
  'shutdown with detail': { kind: 'shutdown', detail: 'some info' },
  killed: { kind: 'killed' },
  abnormal: crash(),
};
const strategies = ['one_for_one', 'one_for_all', 'rest_for_one'] as const;

/** The cases permanent_normal, transient_shutdown, temporary_abnormal and so on, each under every strategy. */
const table: Record<RestartType, Record<string, 'restart' | 'keep' | 'remove'>> = {
  permanent: { normal: 'restart', shutdown: 'restart', 'shutdown with detail': 'restart', killed: 'restart', abnormal: 'restart' },
  transient: { normal: 'keep', shutdown: 'keep', 'shutdown with detail': 'keep', killed: 'restart', abnormal: 'restart' },
  temporary: { normal: 'remove', shutdown: 'remove', 'shutdown with detail': 'remove', killed: 'remove', abnormal: 'remove' },
};

const after = {
  restart: { states: 'a:running b:running c:running', count: { specs: 3, active: 3, supervisors: 0, workers: 3 } },
  keep: { states: 'a:running b:stopped c:running', count: { specs: 3, active: 2, supervisors: 0, workers: 3 } },
  remove: { states: 'a:running c:running', count: { specs: 2, active: 2, supervisors: 0, workers: 2 } },
};

for (const [restart, row] of Object.entries(table) as [RestartType, (typeof table)[RestartType]][]) {
  describe(`a ${restart} child`, () => {
    for (const [name, decision] of Object.entries(row)) {
      const reason = reasons[name]!;
      it(`${restart}_${name}: ${decision}`, async () => {
        assert.equal(decide(restart, reason), decision);
        for (const strategy of strategies) {
          const stage = new Stage();
          const supervisor = await stage.running({ strategy }, 'a', stage.spec('b', { restart }), 'c');
          const others = [stage.actor('a'), stage.actor('c')];
          await stage.kill('b', reason);
          assert.equal(states(supervisor), after[decision].states, strategy);
          assert.deepEqual(supervisor.count(), after[decision].count, strategy);
          const [exited] = stage.events('childExited');
          assert.ok(exited?.event === 'childExited');
          assert.deepEqual([exited.child, exited.reason, exited.decision], ['b', reason, decision]);
          const untouched = { one_for_one: [true, true], rest_for_one: [true, false], one_for_all: [false, false] }[strategy];
          const alive = others.map((actor) => actor.alive);
          assert.deepEqual(alive, decision === 'restart' ? untouched : [true, true], strategy);
        }
      });

      it(`${restart}_${name}, under simple_one_for_one: nothing that ended is kept`, async () => {
        const stage = new Stage();
        const template = { restart, start: (context: StartContext) => stage.start(context) };
        const supervisor = await stage.supervisor<string>({ strategy: 'simple_one_for_one', template }).start();
        await supervisor.startInstance('x', 'a');
        await supervisor.startInstance('x', 'b');
        await stage.kill('b', reason);
        assert.equal(states(supervisor), decision === 'restart' ? 'a:running b:running' : 'a:running');
      });
    }
  });
}

describe('a death notice', () => {
  it('that says nothing is a normal exit; one that rejects, or says what nobody knows, is a crash', async () => {
    const cases: [() => Promise<unknown>, ExitReason['kind']][] = [
      [() => Promise.resolve(), 'normal'],
      [() => Promise.resolve(null), 'normal'],
      [() => Promise.resolve({ kind: 'killed' }), 'killed'],
      [() => Promise.resolve({ kind: 'toString' }), 'error'],
      [() => Promise.resolve(137), 'error'],
      [() => Promise.reject(new Error('torn')), 'error'],
      [() => Promise.reject(null), 'error'],
    ];
    for (const [exits, kind] of cases) {
      const stage = new Stage();
      const supervisor = await stage.running({});
      await supervisor.startChild({ id: 'a', restart: 'temporary', start: () => ({ exited: exits() as Promise<void>, stop() {} }) });
      await stage.settle();
      const [report] = stage.events('childExited');
      assert.ok(report?.event === 'childExited');
      assert.equal(report.reason.kind, kind);
    }
  });
});
