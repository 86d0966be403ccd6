import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeForSure } from '../../../src/core/wire/codec.ts';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import { Control } from '../../../src/server/control.ts';
import type { ServerThread, ServerThreadEvents } from '../../../src/server/host/server-thread.ts';
import { type Server, startServer } from '../../../src/server/index.ts';
import { type Effect, FROM, type Item, NO_CONTINUE, OUTCOME, PHASE, type ThreadInit, TO, type ToThread } from '../../../src/server/wire.ts';

interface Thread {
  readonly replica: number;
  /** Numbers of the messages that it was given. */
  readonly given: number[];
  /** Those of them after which it was told to do nothing more. */
  readonly cut: number[];
  says(seq: number, value: string): void;
  answersLater(seq: number): void;
  /** It was asked for this by the first `continue` after the message. */
  wentOn(seq: number, effects: readonly Effect[]): void;
  throwsAfter(seq: number, message: string): void;
  throwsAt(seq: number, message: string): void;
}

/** A server of three replicas whose threads do what the test says, and nothing by themselves. */
async function replicas(): Promise<{ server: Server<never>; clock: VirtualClock; threads: Thread[]; id: () => string }> {
  let id = '';
  const clock = new VirtualClock();
  const threads: Thread[] = [];
  const start = (init: ThreadInit, events: ServerThreadEvents): ServerThread => {
    const [given, cut]: [number[], number[]] = [[], []];
    const take = ([, seq, , , , flags = 0]: Item): void => {
      given.push(seq);
      if ((flags & NO_CONTINUE) !== 0) cut.push(seq);
    };
    const exited = (): void => queueMicrotask(() => events.exited({ cause: 'exit', exitCode: 1, error: undefined }));
    id = init.server;
    threads.push({
      replica: init.replica,
      given,
      cut,
      says: (seq, value) => events.message([FROM.reports, [[seq, OUTCOME.reply, value, undefined]]]),
      answersLater: (seq) => events.message([FROM.report, seq, OUTCOME.later, undefined, undefined]),
      wentOn: (seq, effects) => events.message([FROM.continued, seq, 1, effects]),
      throwsAfter: (seq, message) => events.message([FROM.crashing, seq, PHASE.continuing, encodeForSure(new Error(message))]),
      throwsAt: (seq, message) => events.message([FROM.crashing, seq, PHASE.handler, encodeForSure(new Error(message))]),
    });
    const names = { version: 1, call: ['add'], read: [], cast: [], terminates: false };
    const first = init.from.kind === 'init' ? new ArrayBuffer(8) : undefined;
    queueMicrotask(() => events.message([FROM.ready, first, undefined, names]));
    return {
      threadId: threads.length,
      control: new Control(),
      post: (message: ToThread) => {
        if (message[0] === TO.items) message[1].forEach(take);
        else if (message[0] !== TO.answer) take(message);
      },
      terminate: exited,
    };
  };
  const server = await startServer<never>(
    {
      filename: 'file:///scripted.js',
      replicas: 3,
      handlerTimeout: 60_000,
      callTimeout: Number.POSITIVE_INFINITY,
      restart: { intensity: 1, within: 60_000, minTimeout: 0 },
    },
    { clock, seed: 1, keepAlive: { hold: () => {}, release: () => {}, close: () => {} }, threads: { start, close: async () => {} } },
  );
  return { server, clock, threads, id: () => id };
}

/** The module is one that no compiler knows. */
const call = (server: Server<never>): Promise<unknown> => (server as unknown as { call(name: string): Promise<unknown> }).call('add');

describe('a replica that has thrown at a message', () => {
  it('is not given it again until the others have voted, however long they take', async () => {
    const { server, clock, threads } = await replicas();
    const answers = Promise.all([call(server), call(server)]);
    await clock.advance(1);
    assert.deepEqual(
      threads.map(({ given }) => given),
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    );
    threads[0]!.says(1, 'one');
    threads[0]!.throwsAt(2, 'a bad core');
    // The others hang. More deaths than three would be the end of the server.
    for (let ms = 0; ms < 50; ms++) {
      await clock.advance(1_000);
      if (threads.at(-1)!.given.includes(2)) threads.at(-1)!.throwsAt(2, 'a bad core');
    }
    const again = threads[3]!;
    assert.deepEqual([threads.length, again.replica, again.given], [4, 0, [1]]);
    for (const thread of [threads[1]!, threads[2]!]) {
      thread.says(1, 'one');
      thread.says(2, 'two');
    }
    assert.deepEqual(await answers, ['one', 'two']);
    await clock.advance(1);
    assert.deepEqual(again.given, [1, 2], 'it goes on with the verdict');
    assert.equal(threads.length, 4);
  });

  it('is given it again when an earlier message was dropped: what it had seen counts no more', async () => {
    const { server, clock, threads } = await replicas();
    const answers = Promise.allSettled([call(server), call(server)]);
    await clock.advance(1);
    threads[0]!.says(1, 'a state that nobody else has');
    threads[0]!.throwsAt(2, 'because of that state');
    await clock.advance(1);
    threads[3]!.throwsAt(1, 'it cannot be handled');
    threads[1]!.throwsAt(1, 'it cannot be handled');
    await clock.advance(1);
    const living = threads.slice(-3);
    assert.deepEqual(living.map(({ replica }) => replica).sort(), [0, 1, 2]);
    for (const thread of living) {
      assert.deepEqual(thread.given, [2]);
      thread.says(2, 'two');
    }
    const [one, two] = await answers;
    assert.equal((one as PromiseRejectedResult).reason.message, 'it cannot be handled');
    assert.equal((two as PromiseFulfilledResult<unknown>).value, 'two');
  });

  it('and was wrong before has no vote, even if it was dead when that was found', async () => {
    const { server, clock, threads } = await replicas();
    const answers = Promise.all([call(server), call(server)]);
    await clock.advance(1);
    threads[0]!.says(1, 'wrong');
    threads[0]!.throwsAt(2, 'because of a wrong state');
    for (const thread of [threads[1]!, threads[2]!]) thread.says(1, 'one');
    threads[1]!.says(2, 'two');
    threads[2]!.throwsAt(2, 'by chance');
    await clock.advance(1);
    const again = threads.find(({ replica, given }, index) => index > 2 && replica === 0 && given.includes(2));
    assert.ok(again !== undefined, 'the one that replaced it is asked');
    again.says(2, 'two');
    assert.deepEqual(await answers, ['one', 'two']);
  });
});

describe('what a message goes on with, by `continue`', () => {
  async function answered() {
    const { server, clock, threads, id } = await replicas();
    const convicted: number[] = [];
    server.on('conviction', ({ replica }) => convicted.push(replica));
    const reply = call(server);
    await clock.advance(1);
    for (const thread of threads.slice(0, 3)) thread.answersLater(1);
    const wish = (value: string): Effect[] => [['reply', { server: id(), call: 1 }, value, false]];
    return { server, clock, threads, convicted, reply, wish };
  }

  it('is done by the others when one replica throws at it, and that one is given it again', async () => {
    const { server, clock, threads, reply, wish } = await answered();
    threads[0]!.throwsAfter(1, 'a bad core');
    await clock.advance(1_000);
    assert.deepEqual(threads[3]?.given ?? [], [], 'it waits for the others');
    threads[1]!.wentOn(1, wish('right'));
    threads[2]!.wentOn(1, wish('right'));
    assert.equal(await reply, 'right');
    await clock.advance(1_000);
    assert.equal(threads.length, 4, 'nobody else was ended');
    assert.deepEqual([threads[3]!.given, threads[3]!.cut], [[1], []]);
    await server.kill();
  });

  it('has its wishes done only once two replicas have them, whoever is first', async () => {
    const { server, clock, threads, convicted, reply, wish } = await answered();
    threads[0]!.wentOn(1, wish('wrong'));
    await clock.advance(1);
    threads[1]!.wentOn(1, wish('right'));
    threads[2]!.wentOn(1, wish('right'));
    assert.equal(await reply, 'right');
    assert.deepEqual(convicted, [0]);
    await server.kill();
  });

  it('is left out by all when two replicas throw at it', async () => {
    const { server, clock, threads, reply } = await answered();
    threads[2]!.wentOn(1, []);
    threads[0]!.throwsAfter(1, 'a mistake');
    threads[1]!.throwsAfter(1, 'a mistake');
    await clock.advance(1_000);
    assert.equal(threads.length, 6);
    for (const thread of threads.slice(3)) assert.deepEqual([thread.given, thread.cut], [[1], [1]]);
    await server.kill();
    await assert.rejects(reply);
  });
});
