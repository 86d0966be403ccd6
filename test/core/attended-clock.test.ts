import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TimeScale } from '../../src/core/clock.ts';
import { AttendedClock } from '../../src/core/time/attended-clock.ts';
import { LATE, TICK } from '../../src/core/time/presence.ts';

/** A program whose time is in our hands. */
class Program {
  readonly #timers = new Set<{ readonly due: number; readonly fn: () => void }>();
  #now = 0;
  #cpu = 0;
  readonly clock = new AttendedClock({
    now: () => this.#now,
    wall: () => 0,
    cpuTime: () => this.#cpu,
    setTimeout: (fn, ms) => {
      const timer = { due: this.#now + ms, fn };
      this.#timers.add(timer);
      return timer as never;
    },
    clearTimeout: (timer) => void this.#timers.delete(timer as never),
  });

  /** The loop turns, and this many processors compute. */
  run(ms: number, processors = 0): void {
    for (let i = 0; i < ms; i++) {
      this.#now++;
      this.#cpu += processors;
      for (const timer of this.#timers) if (timer.due <= this.#now && this.#timers.delete(timer)) timer.fn();
    }
  }

  /** Time passes, and no callback is called: the program is stopped, or computes on this many processors. */
  skip(ms: number, processors = 0): void {
    this.#now += ms;
    this.#cpu += ms * processors;
  }

  /** When this timer fires, from now on and on the machine's clock. */
  timer(ms: number, scale: TimeScale = 'lived'): { firedAfter: number | undefined } {
    const since = this.clock.machine();
    const told: { firedAfter: number | undefined } = { firedAfter: undefined };
    this.clock.setTimeout(
      () => {
        told.firedAfter = this.clock.machine() - since;
      },
      ms,
      scale,
    );
    return told;
  }
}

const near = (told: number | undefined, expected: number): void => {
  assert.ok(told !== undefined && Math.abs(told - expected) <= LATE + TICK, `expected about ${expected} ms, got ${told}`);
};

describe('a clock that stands still while its program does', () => {
  it('goes as the machine does otherwise', () => {
    const program = new Program();
    const told = program.timer(1000);
    program.run(2000, 1);
    near(told.firedAfter, 1000);
    assert.equal(program.clock.now(), program.clock.machine());
  });

  it('does not count a pause, in its time or in its timers', () => {
    const program = new Program();
    const told = program.timer(1000);
    program.run(500, 1);
    program.skip(60_000);
    program.run(400, 1);
    assert.equal(told.firedAfter, undefined, 'not yet');
    near(program.clock.now(), 900);
    program.run(400, 1);
    near(told.firedAfter, 61_000);
  });

  it('knows a pause also where many processors computed before it', () => {
    const program = new Program();
    const told = program.timer(1000);
    program.run(500, 64);
    program.skip(3000);
    program.run(300, 64);
    assert.equal(told.firedAfter, undefined);
    program.run(400, 64);
    near(told.firedAfter, 4000);
  });

  it('counts the time in which its loop was busy', () => {
    const program = new Program();
    const told = program.timer(1000);
    program.run(500);
    program.skip(3000, 1);
    program.run(5);
    near(told.firedAfter, 3500);
    near(program.clock.now(), program.clock.machine());
  });

  it('does not count that for what arrives through the loop', () => {
    const program = new Program();
    const told = program.timer(1000, 'turning');
    program.skip(3000, 1);
    program.run(500);
    assert.equal(told.firedAfter, undefined);
    program.run(600);
    near(told.firedAfter, 4000);
  });

  it('gives what waits in the queue of a blocked loop a turn, however short the wait was to be', () => {
    const program = new Program();
    const told = program.timer(10, 'turning');
    program.skip(3000, 1);
    program.run(5);
    assert.equal(told.firedAfter, undefined);
    program.run(200);
    assert.ok(told.firedAfter! > 3000);
  });

  it("knows of times that were told on the machine's clock, before, between and after pauses", () => {
    const program = new Program();
    program.timer(1_000_000);
    program.run(200);
    const before = program.clock.machine();
    program.run(200);
    program.skip(10_000);
    program.run(200);
    const between = program.clock.machine();
    program.run(200);
    program.skip(10_000);
    program.run(200);
    assert.equal(program.clock.fromMachine(before), before);
    near(program.clock.fromMachine(between), between - 10_000);
    near(program.clock.fromMachine(between - 5000), 400);
    assert.equal(program.clock.fromMachine(program.clock.machine()), program.clock.now());
  });

  it('charges nobody with pauses that came before it, however many came since', () => {
    // Only the last 32 were known. What had begun before them seemed to have begun before all pauses that there had ever been.
    const program = new Program();
    program.timer(1e9);
    program.run(1000);
    program.skip(100_000);
    program.run(1000);
    const [told, lived0] = [program.clock.machine(), program.clock.now()];
    const rounds = 300;
    for (let i = 0; i < rounds; i++) {
      program.skip(10_000);
      program.run(i % 10 === 0 ? 700 : 200);
    }
    const startedAt = program.clock.fromMachine(told);
    assert.ok(startedAt >= lived0 - 1e-6, `it began at ${lived0} and seems to have begun at ${startedAt}`);
    const lived = program.clock.now() - lived0;
    assert.ok(startedAt - lived0 < lived / 20, `of ${lived} ms that it lived ${startedAt - lived0} are forgotten`);
  });

  it('knows when something began although the program had been stopped again and again before that', () => {
    // The two pauses were joined between which the program had lived least, whatever had begun there meanwhile.
    const program = new Program();
    program.timer(1e9);
    const pause = (i: number): void => {
      program.skip(10_000);
      program.run(200 + ((i * 397) % 1100));
    };
    for (let i = 0; i < 700; i++) pause(i);
    program.skip(10_000);
    program.run(110);
    const [told, lived0] = [program.clock.machine(), program.clock.now()];
    program.run(60);
    for (let i = 0; program.clock.now() - lived0 < 30_000; i++) {
      pause(i);
      assert.ok(Math.abs(program.clock.fromMachine(told) - lived0) < 1e-6, `it began at ${lived0}, and seems to have begun later`);
    }
  });

  it('never goes back, and a timer that is called off never fires', () => {
    const program = new Program();
    const timer = program.clock.setTimeout(() => assert.fail('it was called off'), 50);
    program.timer(100_000);
    program.clock.clearTimeout(timer);
    program.clock.clearTimeout(timer);
    let last = 0;
    for (let i = 0; i < 200; i++) {
      program.skip((i * 7) % 160, (i % 3) / 2);
      const now = program.clock.now();
      assert.ok(now >= last, `${now} after ${last}`);
      last = now;
      if (i % 4 === 0) program.run(10);
    }
  });
});
