import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { expectTypeOf } from 'expect-type';
import { createActor, createMachine, fromPromise } from 'xstate';
import { fromXState } from '../../src/adapters/xstate/index.ts';
import { type Random, seeded } from '../../src/core/random.ts';
import { type Server, type ServerOptions, startServer } from '../../src/server/index.ts';
import { codeOf, PATIENT, until } from '../server/stage.ts';
import { first, oneIn, SOAK } from '../soak.ts';
import { type Event, machine } from './fixtures/vending.ts';

const it = oneIn(4, import.meta.url);

type Vending = typeof import('./fixtures/vending.ts');
const filename = new URL('./fixtures/vending.js', import.meta.url);
const start = (more: Partial<ServerOptions<Vending>> = {}): Promise<Server<Vending>> =>
  startServer<Vending>({ filename, options: { price: 100 }, ...PATIENT, restart: { intensity: 1_000, minTimeout: 0 }, retry: 0, ...more });

const DRAWN: readonly ((random: Random) => Event)[] = [
  (random) => ({ type: 'coin', cents: 10 * Math.floor(random() * 12) }),
  (random) => ({ type: 'choose', slot: Math.floor(random() * 9) }),
  () => ({ type: 'refund' }),
  () => ({ type: 'lights' }),
  () => ({ type: 'service' }),
  () => ({ type: 'back' }),
];
const draw = (random: Random): Event => DRAWN[Math.floor(random() * DRAWN.length)]!(random);
/** What does not depend on when it is looked at. */
const timeless = (value: unknown) => ({ ...(value as object), clock: 'any' });
const told = ({ value, context }: { value: unknown; context: unknown }) => ({ value: timeless(value), context });

describe('a machine of XState', () => {
  const kinds = {
    replayed: { snapshotEvery: 7 },
    'standing by': { standby: 1 },
    'voted on by three': { replicas: 3, snapshotEvery: 7 },
  };
  for (const [name, more] of first(1, Object.entries(kinds))) {
    it(`is in the same state as an actor of XState after the same events, over deaths (${name})`, async () => {
      const seed = Number(process.env.HOLDFAST_SEED ?? Math.floor(Math.random() * 1e6));
      console.log(`HOLDFAST_SEED=${seed}`);
      const random = seeded(seed);
      const actor = createActor(machine, { input: { price: 100 } }).start();
      await using server = await start(more);
      for (let i = 0; i < (SOAK ? 60 : 30); i++) {
        if (random() < 0.06) assert.equal(await codeOf(server.call('crash')), 'ERR_SERVER_CRASHED');
        if (random() < 0.03) await assert.rejects(server.call('fault'), { name: 'TypeError', message: 'an action throws' });
        const { type, ...payload } = draw(random);
        actor.send({ type, ...payload } as Event);
        const value = await server.call(type as 'coin', payload as { cents: number });
        assert.deepEqual(timeless(value), timeless(actor.getSnapshot().value), `seed ${seed}, event ${i}: ${type}`);
      }
      assert.deepEqual(told(await server.call('snapshot')), told(actor.getSnapshot()));
      actor.stop();
    });
  }

  it('has delays, which are timers of the server: they survive its thread, and end with the state', async () => {
    await using server = await start();
    await server.call('coin', { cents: 100 });
    assert.equal(server.status().timers, 2);
    await codeOf(server.call('crash'));
    assert.deepEqual(await server.call('choose', { slot: 3 }), {
      light: 'on',
      trade: { open: 'waiting' },
      clock: 'ringing',
      manners: 'polite',
    });
    assert.equal(server.status().timers, 1, 'the chime; the others ended with their state');
    await until(async () => ((await server.call('state')) as { clock: string }).clock === 'quiet');
  });

  it('answers what an event would do, and ignores one that its state does not take', async () => {
    await using server = await start();
    assert.equal(await server.call('can', { type: 'choose', slot: 1 }), false);
    const before = await server.call('snapshot');
    await server.call('choose', { slot: 1 });
    assert.deepEqual(await server.call('snapshot'), before);
    server.cast('coin', { cents: 100 });
    server.send({ type: 'choose', slot: 2 });
    assert.deepEqual((await server.call('snapshot')).context.sold, [2]);
    assert.deepEqual((await server.call('snapshot')).tags, ['loud']);
  });

  it('keeps a journal, its delays included', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-xstate-'));
    try {
      const journal = join(folder, 'journal');
      const before = await start({ journal });
      await before.call('coin', { cents: 130 });
      await before.kill();
      await using second = await start({ journal });
      assert.equal(second.status().timers, 2);
      assert.deepEqual((await second.call('snapshot')).context, { price: 100, cents: 130, sold: [] });
      assert.deepEqual(Object.keys((await second.state()) as object), ['timers', 'sent', 'machine']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('goes on by itself, ends in its final state with its output, and takes nothing more', async () => {
    await using server = await startServer<typeof import('./fixtures/short.ts')>({
      filename: new URL('./fixtures/short.js', import.meta.url),
      standby: 1,
    });
    await until(async () => (await server.call('snapshot')).context.ticks > 2);
    assert.equal(await server.call('stop'), 'over');
    const { status, output, context } = await server.call('snapshot');
    assert.deepEqual([status, output], ['done', context.ticks]);
    assert.equal(server.status().timers, 0);
    assert.equal(await server.call('stop'), 'over');
  });

  it('is refused where it has actors, which are in no log, or is no machine', async () => {
    const work = fromPromise(async () => 1);
    const invoking = createMachine({ id: 'm', initial: 'a', states: { a: { initial: 'b', states: { b: { invoke: { src: work } } } } } });
    assert.throws(() => fromXState(invoking), { code: 'ERR_SERVER_MODULE', message: /"m\.a\.b" invokes an actor/ });
    assert.throws(() => fromXState({} as never), { code: 'ERR_SERVER_MODULE', message: /Expected a machine/ });
    await using server = await start();
    await assert.rejects(server.call('sends'), { code: 'ERR_SERVER_MESSAGE', message: /called self\.send.*Use raise/ });
    assert.equal(await server.call('can', { type: 'lights' }), true, 'the state is as before');
  });

  it('is typed: events, their payload, and the state value', () => {
    const typed = async (server: Server<Vending>): Promise<void> => {
      expectTypeOf(await server.call('snapshot').then(({ context }) => context.sold)).toEqualTypeOf<number[]>();
      // @ts-expect-error there is no such event
      await server.call('kick');
      // @ts-expect-error cents are a number
      await server.call('coin', { cents: '10' });
      // @ts-expect-error a coin has cents
      await server.call('coin');
      // @ts-expect-error nor is this one an event
      server.send({ type: 'kick' });
    };
    assert.equal(typeof typed, 'function');
  });
});
