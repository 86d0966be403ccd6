import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { expectTypeOf } from 'expect-type';
import { defineMachine, type Server, startServer, toMermaid } from '../../src/server/index.ts';
import { first, further, oneIn } from '../soak.ts';
import door from './fixtures/door.ts';
import { codeOf, PATIENT, until } from './stage.ts';

const it = oneIn(2, import.meta.url);

type Door = typeof import('./fixtures/door.ts');
const filename = new URL('./fixtures/door.js', import.meta.url);
const start = (more: object = {}): Promise<Server<Door>> =>
  startServer<Door>({ filename, options: { code: 7 }, ...PATIENT, restart: { intensity: 100, minTimeout: 0 }, ...more });

/** After the cases of gen_statem's own suite. */
describe('a machine', () => {
  it('goes from state to state, answers, and calls enter', async () => {
    await using machine = await start();
    assert.equal(await machine.call('state'), 'locked');
    assert.equal(await machine.call('enter', 1), 'wrong, 2 left');
    assert.equal(await machine.call('enter', 7), 'welcome');
    assert.equal(await machine.call('state'), 'open');
    assert.deepEqual((await machine.call('log')).slice(0, 2), ['locked', 'open']);
  });

  it('puts events aside until the state has changed, and answers them then, first in, first out', async () => {
    await using machine = await start();
    const pushed = machine.call('push');
    machine.cast('push');
    assert.equal(await machine.call('state'), 'locked');
    await machine.call('enter', 7);
    assert.equal(await pushed, 'through');
    const log = await machine.call('log');
    assert.deepEqual(log.filter((one) => one === 'pushed').length, 1, 'the second push waits again, because the door is locked');
  });

  it('has state time-outs, which end with the state, and named ones, which do not', async () => {
    await using machine = await start();
    await machine.call('enter', 7);
    await until(async () => (await machine.call('state')) === 'locked');
    const log = await machine.call('log');
    assert.deepEqual(log, ['locked', 'open', 'chime', 'locked']);
    // Sent together: however slow the machine is, the door is not locked by its time-out between the two.
    assert.deepEqual(await Promise.all([machine.call('enter', 7), machine.call('push')]), ['welcome', 'through']);
    // The chime, unless it has come already.
    assert.ok(machine.status().timers <= 1, 'the time-out of the state is taken back');
  });

  further('handles internal events before all others', async () => {
    await using machine = await start();
    const calls = [1, 2, 3].map((code) => machine.call('enter', code));
    const log = machine.call('log');
    assert.deepEqual(await Promise.all(calls), ['wrong, 2 left', 'wrong, 1 left', 'alarm']);
    assert.deepEqual(await log, ['locked', 'alarm at number', 'thief']);
  });

  it('refuses an event that its state does not handle, and lives; a cast is dropped', async () => {
    await using machine = await start();
    await assert.rejects(machine.call('reset'), { code: 'ERR_SERVER_MESSAGE', message: /"reset" is not handled in state "locked"/ });
    machine.cast('reset');
    await assert.rejects(machine.call('refuse'), { name: 'RangeError', message: 'no' });
    assert.equal(machine.status().restarts, 0);
  });

  it('comes back with its state, its time-outs and what it had put aside; a standby has them as well', async () => {
    for (const more of first(1, [{ snapshotEvery: 1 }, { standby: 1 }])) {
      await using machine = await start(more);
      const pushed = machine.call('push');
      await machine.call('state');
      assert.equal(await codeOf(machine.call('crash')), 'ERR_SERVER_CRASHED');
      await machine.call('enter', 7);
      assert.equal(await pushed, 'through');
    }
  });

  it('is typed: messages, replies, and states that are not there', () => {
    type Entered = ReturnType<Server<Door>['call']> extends Promise<infer Reply> ? Reply : never;
    expectTypeOf<Entered>().not.toBeNever();
    const wrong = async (machine: Server<Door>): Promise<void> => {
      // @ts-expect-error a code is a number
      await machine.call('enter', '7');
      // @ts-expect-error there is no such event
      await machine.call('kick');
    };
    assert.equal(typeof wrong, 'function');
    defineMachine({
      initial: 'a',
      data: () => ({ n: 0 }),
      // @ts-expect-error there is no state c
      states: { a: { on: { go: (data) => (data.n > 0 ? 'c' : 'b') } }, b: {} },
    });
    // @ts-expect-error nor is one the first
    defineMachine({ initial: 'z', data: () => ({ n: 0 }), states: { a: {} } });
  });

  it('is drawn', () => {
    const drawing = toMermaid(door);
    for (const line of [
      '[*] --> locked',
      'locked --> open: enter',
      'locked --> alarm: enter',
      'open --> locked: after 40 ms',
      'alarm --> locked: reset',
    ])
      assert.ok(drawing.includes(line), `${line} in\n${drawing}`);
  });
});
