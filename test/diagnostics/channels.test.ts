import assert from 'node:assert/strict';
import { channel, subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { Emitter, EVENT_NAMES, type PoolEventName, type PoolEvents } from '../../src/core/events.ts';
import { attachChannels, type RunTrace, runIsTraced, traceRun } from '../../src/diagnostics/channels.ts';
import { EVENTS } from './sample-events.ts';

describe('the diagnostics channels', () => {
  for (const name of EVENT_NAMES) {
    it(`publish ${name} with what listeners get, and the name of the pool`, () => {
      const emitter = new Emitter();
      attachChannels(emitter, 'pool-9');
      const heard: unknown[] = [];
      const listener = (message: unknown): unknown => heard.push(message);
      subscribe(`holdfast:${name}`, listener);
      const emit = <Name extends PoolEventName>(event: Name, payload: PoolEvents[Name]): void => emitter.emit(event, payload);
      emit(name, EVENTS[name] as never);
      unsubscribe(`holdfast:${name}`, listener);
      emit(name, EVENTS[name] as never);
      assert.deepEqual(heard, [{ ...EVENTS[name], poolName: 'pool-9' }]);
    });
  }

  it('touch nothing where nobody subscribes', () => {
    const emitter = new Emitter();
    attachChannels(emitter, 'pool-1');
    const untouchable = new Proxy({} as PoolEvents['late'], {
      get: () => assert.fail('the event was read'),
      ownKeys: () => assert.fail('the event was copied'),
    });
    assert.equal(channel('holdfast:late').hasSubscribers, false);
    emitter.emit('late', untouchable);
  });
});

const trace = (): RunTrace => ({ poolName: 'pool-1', name: 'default', task: 42 });

describe('the tracing channel holdfast.run', () => {
  it('is not even described where nobody listens', async () => {
    const promise = Promise.resolve(1);
    assert.equal(runIsTraced(), false);
    assert.equal(
      traceRun(
        () => promise,
        () => assert.fail('a description was made'),
      ),
      promise,
    );
  });

  it('tells start, end and the result of a run', async () => {
    const log: [string, unknown][] = [];
    const subscribers = {
      start: (message: unknown) => log.push(['start', { ...(message as object) }]),
      end: () => log.push(['end', undefined]),
      asyncStart: (message: unknown) => log.push(['asyncStart', (message as { result: unknown }).result]),
      asyncEnd: () => log.push(['asyncEnd', undefined]),
      error: () => log.push(['error', undefined]),
    };
    tracingChannel('holdfast.run').subscribe(subscribers as never);
    const result = await traceRun(async () => 'done', trace);
    tracingChannel('holdfast.run').unsubscribe(subscribers as never);
    assert.equal(result, 'done');
    assert.deepEqual(log, [
      ['start', trace()],
      ['end', undefined],
      ['asyncStart', 'done'],
      ['asyncEnd', undefined],
    ]);
  });

  it('tells an error, and passes it on', async () => {
    const heard: unknown[] = [];
    const onError = (message: unknown): unknown => heard.push((message as { error: unknown }).error);
    subscribe('tracing:holdfast.run:error', onError);
    assert.equal(runIsTraced(), true);
    const error = new Error('no');
    await assert.rejects(
      traceRun(() => Promise.reject(error), trace),
      (reason) => reason === error,
    );
    unsubscribe('tracing:holdfast.run:error', onError);
    assert.deepEqual(heard, [error]);
    assert.equal(runIsTraced(), false);
  });

  for (const part of ['start', 'end', 'asyncStart', 'asyncEnd', 'error']) {
    it(`notices a subscriber of ${part} alone`, () => {
      const listener = (): void => {};
      subscribe(`tracing:holdfast.run:${part}`, listener);
      assert.equal(runIsTraced(), true);
      unsubscribe(`tracing:holdfast.run:${part}`, listener);
      assert.equal(runIsTraced(), false);
    });
  }
});
