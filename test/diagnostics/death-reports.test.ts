import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { type CrashReport, Emitter } from '../../src/core/events.ts';
import { attachChannels } from '../../src/diagnostics/channels.ts';
import { DeathReports } from '../../src/diagnostics/death-reports.ts';
import type { PoolThread } from '../../src/dispatch/threads/pool-thread.ts';
import type { Exit } from '../../src/executors/executor.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';

const thread = { slot: 1, generation: 3, threadId: 17, bornAt: 0, finished: 4, handle: { memory: undefined } } as PoolThread;
const exit: Exit = { cause: 'crash', exitCode: 1, error: new Error('boom'), blame: { of: 'running' } };

/** Counts how often the pool's counters are asked for, which is once a report. */
function make(): { emitter: Emitter; reports: DeathReports; made: () => number } {
  const emitter = new Emitter();
  let made = 0;
  const counters = (): Record<string, number> => ({ made: ++made });
  return { emitter, reports: new DeathReports(emitter, new VirtualClock(), counters), made: () => made };
}

describe('reports of deaths', () => {
  it('are not made while nobody listens, and are from then on', () => {
    const { emitter, reports, made } = make();
    reports.report(thread, exit, 'crash', undefined);
    assert.equal(made(), 0);
    const heard: CrashReport[] = [];
    emitter.on('crash', (report) => heard.push(report));
    reports.report(thread, exit, 'crash', undefined);
    assert.deepEqual([made(), heard.length], [1, 1]);
  });

  it('are made for a subscriber of the diagnostics channel', () => {
    const { emitter, reports, made } = make();
    attachChannels(emitter, 'test');
    const heard: unknown[] = [];
    const subscriber = (report: unknown): void => void heard.push(report);
    channel('holdfast:crash').subscribe(subscriber);
    reports.report(thread, exit, 'crash', undefined);
    channel('holdfast:crash').unsubscribe(subscriber);
    reports.report(thread, exit, 'crash', undefined);
    assert.deepEqual([made(), heard.length], [1, 1]);
  });

  it('tell of earlier deaths that nobody heard of', () => {
    const { emitter, reports } = make();
    reports.report(thread, exit, 'crash', undefined);
    const heard: CrashReport[] = [];
    emitter.on('crash', (report) => heard.push(report));
    reports.report(thread, exit, 'oom', undefined);
    assert.deepEqual(
      heard[0]!.events.map((line) => line.slice(13)),
      ['crash slot 1 generation 3 thread 17 crash'],
    );
  });
});
