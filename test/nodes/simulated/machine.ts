import { type Clock, MAX_DELAY, type Timer } from '../../../src/core/clock.ts';
import { MemoryBroker } from '../../../src/executors/nodes/link/memory-broker.ts';
import { MemoryLink } from '../../../src/executors/nodes/link/memory-link.ts';
import { Gate } from './gate.ts';

/** Time that all machines share, and that none of them sees: exact, and never held up. */
export interface Base {
  now(): number;
  after(fn: () => void, ms: number): { cancel(): void };
}

/** The shared time as a clock, for what lies between the machines. */
export function betweenMachines(base: Base): Clock {
  return {
    now: () => base.now(),
    wall: () => base.now(),
    machine: () => base.now(),
    fromMachine: (ms) => ms,
    setTimeout: (fn, ms) => asTimer(base.after(fn, ms)),
    clearTimeout: (timer) => void (timer as SimTimer | undefined)?.cancel(),
  };
}

export const brokerOn = (base: Base, latency: () => number): MemoryBroker => new MemoryBroker(betweenMachines(base), latency);

interface SimTimer extends Timer {
  cancel(): void;
}

const asTimer = (planned: { cancel(): void }): SimTimer => ({ ref: () => {}, unref: () => {}, cancel: () => planned.cancel() });

/** A computer with one program that talks to the broker: its clock, its event loop, its threads, and its network. */
export class Machine {
  /** The event loop of the program. */
  readonly loop = new Gate();
  /** Threads, and processes, beside it. */
  readonly threads = new Gate();
  readonly clock: Clock;
  readonly link: MemoryLink;
  readonly #base: Base;

  /** @param ahead milliseconds by which its clock is ahead of the shared time */
  constructor(base: Base, broker: MemoryBroker, ahead: number) {
    this.#base = base;
    this.link = new MemoryLink(broker, betweenMachines(base), (fn) => this.loop.turn(fn));
    this.clock = {
      now: () => base.now() + ahead,
      wall: () => base.now() + ahead,
      machine: () => base.now() + ahead,
      fromMachine: (ms) => ms,
      setTimeout: (fn, ms) => this.#timer(fn, ms),
      clearTimeout: (timer) => void (timer as SimTimer | undefined)?.cancel(),
    };
  }

  /** SIGSTOP, or a machine that sleeps: nothing of it goes on. */
  stop(): void {
    this.loop.shut();
    this.threads.shut();
  }

  /** SIGCONT. */
  go(): void {
    this.threads.open();
    this.loop.open();
  }

  /** SIGKILL, or the end of the machine. The caller has to tell the broker: `link.die`. */
  kill(): void {
    this.loop.end();
    this.threads.end();
    this.link.die();
  }

  /** Something happens in a thread after this time, if the machine lives; when it is stopped, once it goes on. */
  inside(fn: () => void, ms: number): void {
    this.#base.after(() => this.threads.turn(fn), ms);
  }

  /** Timers fire after whole milliseconds, and when the loop turns. */
  #timer(fn: () => void, ms: number): SimTimer {
    let state: 'set' | 'cleared' = 'set';
    const delay = ms > 1 ? Math.min(Math.trunc(ms), MAX_DELAY) : 1;
    const planned = this.#base.after(() => this.loop.turn(() => state === 'set' && fn()), delay);
    return asTimer({
      cancel: () => {
        state = 'cleared';
        planned.cancel();
      },
    });
  }
}
