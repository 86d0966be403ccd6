import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeForSure } from '../../../src/core/wire/codec.ts';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import { Control } from '../../../src/server/control.ts';
import type { ServerThread, ServerThreadEvents } from '../../../src/server/host/server-thread.ts';
import { type Server, startServer } from '../../../src/server/index.ts';
import { FROM, OUTCOME, PHASE, type ThreadInit, TO, type ToThread } from '../../../src/server/wire.ts';

interface Thread {
  readonly replica: number;
  /** Numbers of the messages that it was given. */
  readonly given: number[];
  says(seq: number, value: string): void;
  throwsAt(seq: number, message: string): void;
}

/** A server of three replicas whose threads do what the test says, and nothing by themselves. */
async function replicas(): Promise<{ server: Server<never>; clock: VirtualClock; threads: Thread[] }> {
  const clock = new VirtualClock();
  const threads: Thread[] = [];
  const start = (init: ThreadInit, events: ServerThreadEvents): ServerThread => {
    const given: number[] = [];
    const exited = (): void => queueMicrotask(() => events.exited({ cause: 'exit', exitCode: 1, error: undefined }));
    threads.push({
      replica: init.replica,
      given,
      says: (seq, value) => events.message([FROM.reports, [[seq, OUTCOME.reply, value, undefined]]]),
      throwsAt: (seq, message) => events.message([FROM.crashing, seq, PHASE.handler, encodeForSure(new Error(message))]),
    });
    const names = { version: 1, call: ['add'], read: [], cast: [], terminates: false };
    const first = init.from.kind === 'init' ? new ArrayBuffer(8) : undefined;
    queueMicrotask(() => events.message([FROM.ready, first, undefined, names]));
    return {
      threadId: threads.length,
      control: new Control(),
      post: (message: ToThread) => {
        if (message[0] === TO.items) given.push(...message[1].map(([, seq]) => seq));
        else if (message[0] !== TO.answer) given.push(message[1]);
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
  return { server, clock, threads };
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
