import type { Attempt } from '../../src/core/task.ts';
import { fromBytes } from '../../src/core/wire/bytes.ts';
import type { ControlBlock } from '../../src/core/wire/control-block.ts';
import { FROM_THREAD } from '../../src/core/wire/wire.ts';
import type { ExecutorThread, ThreadEvents } from '../../src/executors/executor.ts';
import { CellThread } from '../../src/executors/processes/cell-thread.ts';
import type { ToCell } from '../../src/executors/processes/protocol.ts';
import { isFromCell } from '../../src/executors/processes/protocol-check.ts';
import { Hearing } from '../../src/executors/threads/hearing.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';
import { asFromCell, Puppet } from './puppet.ts';

/** One thread of the fuzzed pool: the real receiving end, and a puppet at the other. */
export interface Player {
  readonly handle: ExecutorThread;
  readonly puppet: Puppet;
  terminated: boolean;
  dead: boolean;
  /** The next report about it is not dealt with; and that has happened. */
  trips: boolean;
  tripped: boolean;
  /** What its executor could not deal with, although it may be said. */
  threw: unknown;
  /** Something of the puppet arrives, or of a stranger who uses its port. */
  say(message: unknown, body?: Uint8Array): void;
  unreadable(): void;
  exit(): void;
}

export type MakePlayer = (id: number, clock: VirtualClock, events: ThreadEvents) => Player;

/** A worker thread: messages on a port. */
export const makeThread: MakePlayer = (id, clock, events) => {
  const player = {} as { -readonly [Key in keyof Player]: Player[Key] };
  const hearing = new Hearing(events, () => {
    player.terminated = true;
  });
  const puppet = new Puppet(clock, (message) => hearing.receive(message));
  const { control } = puppet;
  const handle: ExecutorThread = {
    threadId: id,
    get seen() {
      return control.seen;
    },
    get itemStartedAt() {
      return control.startedAt;
    },
    sending: false,
    memory: undefined,
    send: (bundle: number, attempts: readonly Attempt[]) =>
      puppet.hand(
        bundle,
        attempts.map(({ task }) => task.input),
      ),
    revoke: (bundle, answer) => answer(control.revoke(bundle)),
    standing: (bundle) => ({ claimed: control.claimed(bundle), finished: control.finished(bundle) }),
    poll: () => {},
    abort: () => {},
    assign: () => {},
    tearDown: () => {},
    terminate: () => {
      player.terminated = true;
    },
  };
  return Object.assign(player, {
    handle,
    puppet,
    terminated: false,
    dead: false,
    trips: false,
    tripped: false,
    threw: undefined,
    say: (message: unknown) => hearing.receive(message),
    unreadable: () => puppet.account(hearing.unreadable()),
    exit: () => {
      if (player.dead) return;
      player.dead = true;
      events.exited(hearing.end(1));
    },
  });
};

/** A thread of a cell: messages in frames, each with bytes beside it. */
export const makeCellThread: MakePlayer = (_id, clock, events) => {
  const player = {} as { -readonly [Key in keyof Player]: Player[Key] };
  const hear = (message: unknown, body: Uint8Array): void => {
    if (player.dead) return;
    if (!isFromCell(message)) {
      condemned();
      return;
    }
    try {
      thread.receive(message, body);
    } catch (error) {
      player.threw = error;
      condemned(); // As the executor does.
    }
  };
  const puppet = new Puppet(clock, (message) => {
    const sent = asFromCell(0, message);
    hear(sent.message, sent.body);
  });
  const condemned = (): void => {
    player.terminated = true;
  };
  const take = (message: ToCell, body?: Uint8Array): void => {
    if (message.do === 'run') puppet.hand(message.bundle, fromBytes(body!) as unknown[]);
    // The answer comes later: nothing is called from inside of a call.
    if (message.do === 'revoke') {
      const claimed = puppet.control.revoke(message.bundle);
      clock.setTimeout(() => hear({ tell: 'revoked', thread: 0, bundle: message.bundle, claimed }, new Uint8Array(0)), 1);
    }
  };
  const cell = {
    pid: 1,
    takePlace: () => 0,
    giveBackPlace: () => {},
    readMarks: (_place: number, into: ControlBlock) => new Uint8Array(into.buffer).set(new Uint8Array(puppet.control.buffer)),
    send: take,
  };
  const order = { number: 0, session: { faults: undefined, name: 'default' } as never, passesOn: false };
  const thread = new CellThread(order, cell as never, new VirtualClock(), events, condemned);
  return Object.assign(player, {
    handle: thread,
    puppet,
    terminated: false,
    dead: false,
    trips: false,
    tripped: false,
    threw: undefined,
    say: (message: unknown, body = new Uint8Array(0)) => hear(message, body),
    unreadable: () => puppet.account(0),
    exit: () => {
      if (player.dead) return;
      player.dead = true;
      thread.cellDied({ exitCode: 1, signal: undefined, error: undefined, answered: true }, false);
    },
  });
};

/** The thread is ready. */
export const READY = [FROM_THREAD.ready] as const;
