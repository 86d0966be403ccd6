import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seeded } from '../../../src/core/random.ts';
import { toBytes } from '../../../src/core/wire/bytes.ts';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import { fromThreadBeside } from '../../../src/server/beside.ts';
import { heardFromCell, heardFromThread } from '../../../src/server/host/heard.ts';
import type { ServerThread, StartThread } from '../../../src/server/host/server-thread.ts';
import { startServer } from '../../../src/server/index.ts';
import type { FromThread } from '../../../src/server/wire.ts';
import { SimThreads } from '../world/sim-threads.ts';
import { fromServer, loose } from './messages.ts';

type Chain = typeof import('../world/chain.ts');
export type Kind = 'thread' | 'cell';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What was found wrong: with what the manager threw, nothing is well any more. */
interface Stage {
  readonly start: StartThread;
  /** A stranger says this in the name of one of the threads. */
  say(which: number, message: unknown): void;
  readonly thrown: unknown[];
  condemned: number;
}

/** Real runtimes in simulated threads, which a stranger shares: what they say goes through the same checks as between real threads or processes. */
function stageOf(kind: Kind, sim: SimThreads): Stage {
  const speakers: {
    readonly thread: ServerThread;
    readonly genuine: (message: FromThread) => void;
    readonly forged: (message: unknown) => void;
  }[] = [];
  const stage: Stage = {
    thrown: [],
    condemned: 0,
    say: (which, message) => speakers[which % speakers.length]?.forged(message),
    start: (init, events) => {
      const told = (message: FromThread): void => {
        try {
          events.message(message);
        } catch (error) {
          stage.thrown.push(error);
        }
      };
      const condemn = (): void => {
        stage.condemned++;
        thread.terminate();
      };
      const inThread = heardFromThread(told, condemn);
      const inCell = heardFromCell(told);
      const bytes = (all: readonly Uint8Array[]): void => {
        try {
          for (const one of all) inCell(one);
        } catch {
          condemn();
        }
      };
      const genuine = (message: FromThread): void => (kind === 'thread' ? inThread(message) : bytes(fromThreadBeside(message)));
      const thread = sim.start(init, {
        message: genuine,
        exited: (end) => {
          speakers.splice(speakers.indexOf(speaker), 1);
          events.exited(end);
        },
      });
      const forged = (message: unknown): void => {
        if (kind === 'thread') inThread(message);
        else if (message instanceof Uint8Array) bytes([message]);
        else {
          let sent: Uint8Array;
          try {
            sent = toBytes(message);
          } catch {
            return; // It cannot be sent.
          }
          bytes([sent]);
        }
      };
      const speaker = { thread, genuine, forged };
      speakers.push(speaker);
      return thread;
    },
  };
  return stage;
}

export interface Fuzzed {
  readonly messages: number;
  readonly condemned: number;
  readonly fulfilled: number;
}

/** One server whose threads a stranger shares. Each call settles once, nothing throws, and no count goes below nothing. */
async function trial(kind: Kind, seed: number, letters: readonly unknown[]): Promise<Fuzzed> {
  const random = seeded(seed);
  const clock = new VirtualClock();
  const sim = new SimThreads(random, clock, seed);
  const stage = stageOf(kind, sim);
  const more = [{}, { standby: 1 }, { replicas: 3 }, { recover: 'init' as const }][seed % 4]!;
  const options = {
    snapshotEvery: 8,
    handlerTimeout: 2_000,
    startTimeout: 2_000,
    callTimeout: 20_000,
    restart: { intensity: 1e6, minTimeout: 0 },
  };
  const keepAlive = { hold: () => {}, release: () => {}, close: () => {} };
  const seams = { clock, keepAlive, threads: { start: stage.start, close: async () => {} }, seed };
  const starting = startServer<Chain>({ filename: 'file:///simulated.js', ...options, ...more }, seams);
  const where = `seed ${seed}, ${kind}`;
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let i = 0; !isSo(); i++) {
      assert.ok(i < 100_000, `${where}: something never settled`);
      sim.step();
      await turn();
      if (i % 10 === 0) await clock.advance(200);
    }
  };
  let server: Awaited<typeof starting> | undefined;
  void starting.then((one) => {
    server = one;
  });
  await until(() => server !== undefined);
  const settled: number[] = [];
  let [sent, fulfilled] = [0, 0];
  const call = (): void => {
    const at = settled.push(0) - 1;
    const done = (): void => void settled[at]!++;
    server!.call('add', at + 1).then(() => {
      fulfilled++;
      done();
    }, done);
  };
  while (sent < letters.length) {
    if (random() < 0.3) call();
    const burst = Math.floor(random() * 4);
    for (let i = 0; i < burst && sent < letters.length; i++) stage.say(Math.floor(random() * 8), letters[sent++]);
    for (let i = Math.floor(random() * 6); i > 0; i--) sim.step();
    await turn();
    await clock.advance(random() * 5);
    const { mailbox, mailboxBytes, log } = server!.status();
    assert.ok(
      Math.min(mailbox, mailboxBytes, log.open, log.bytes) >= 0,
      `${where}: less than nothing: ${JSON.stringify({ mailbox, mailboxBytes, log })}`,
    );
  }
  await until(() => settled.every((times) => times > 0));
  let ended = false;
  void server!.stop().then(() => {
    ended = true;
  });
  await until(() => ended);
  assert.deepEqual(stage.thrown, [], `${where}: the manager threw`);
  assert.ok(
    settled.every((times) => times === 1),
    `${where}: each call settles once`,
  );
  return { messages: sent, condemned: stage.condemned, fulfilled };
}

const LETTERS = 60;

/** Servers whose threads are spoken for by a stranger, one after the other. */
export async function fuzzServers(kind: Kind, seed: number, trials: number): Promise<Fuzzed> {
  const arbitrary = kind === 'thread' ? fromServer : fc.oneof({ weight: 40, arbitrary: fromServer }, { weight: 1, arbitrary: loose });
  const letters = fc.sample(arbitrary, { seed, numRuns: trials * LETTERS });
  const total = { messages: 0, condemned: 0, fulfilled: 0 };
  for (let i = 0; i < trials; i++) {
    const one = await trial(kind, seed + i, letters.slice(i * LETTERS, (i + 1) * LETTERS));
    for (const key of Object.keys(total) as (keyof Fuzzed)[]) total[key] += one[key];
  }
  return total;
}
