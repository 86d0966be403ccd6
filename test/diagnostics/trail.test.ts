import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Emitter, EVENT_NAMES, type PoolEventName, type PoolEvents } from '../../src/core/events.ts';
import { Trail } from '../../src/diagnostics/trail.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';
import { EVENTS } from './sample-events.ts';

describe('the trail of events', () => {
  it('has a short line for each kind of event', () => {
    const emitter = new Emitter();
    const trail = new Trail(emitter, new VirtualClock({ wall: Date.UTC(2030, 0, 1, 12, 34, 56, 789) }));
    const emit = <Name extends PoolEventName>(name: Name, event: PoolEvents[Name]): void => emitter.emit(name, event);
    // Tasks may post as many messages as they like, and nothing else would be left.
    const kept = EVENT_NAMES.filter((name) => name !== 'message');
    const lines: string[] = [];
    for (const name of EVENT_NAMES) {
      emit(name, EVENTS[name] as never);
      if (name !== 'message') lines.push(trail.lines().at(-1)!);
    }
    assert.deepEqual(
      lines.map((line) => line.split(' ')[1]),
      kept,
    );
    for (const line of lines) {
      assert.match(line, /^12:34:56\.789 \w+ \S/);
      assert.ok(line.length < 150, line);
      assert.doesNotMatch(line, /undefined exit|\[object/);
    }
    assert.equal(lines[kept.indexOf('retry')], '12:34:56.789 retry task 5 default after attempt 1 crash, 2 left');
  });

  it('keeps one of several drains in a row: a caller that awaits each task would leave nothing else', () => {
    const emitter = new Emitter();
    const trail = new Trail(emitter, new VirtualClock());
    emitter.emit('ready', { threads: 2 });
    for (let settled = 1; settled < 50; settled++) emitter.emit('drain', { settled });
    emitter.emit('ready', { threads: 3 });
    emitter.emit('drain', { settled: 50 });
    const seen = trail.lines().map((line) => line.split(' ').slice(1).join(' '));
    assert.deepEqual(seen, ['ready 2 threads', 'drain 49 settled', 'ready 3 threads', 'drain 50 settled']);
  });

  it('keeps the last twenty, oldest first', () => {
    const emitter = new Emitter();
    const trail = new Trail(emitter, new VirtualClock());
    for (let threads = 0; threads < 45; threads++) emitter.emit('ready', { threads });
    const seen = trail.lines().map((line) => Number(/(\d+) threads/.exec(line)![1]));
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, i) => 25 + i),
    );
  });

  it('survives an error that cannot be read', () => {
    const emitter = new Emitter();
    const trail = new Trail(emitter, new VirtualClock());
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    emitter.emit('failed', { error: revoked.proxy });
    assert.match(trail.lines()[0] ?? '', /failed object: \[Proxy\]/);
  });
});
