import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../../src/core/events.ts';

const drain = { settled: 1 };

test('a listener that was added by once can be taken off before it is called', () => {
  const emitter = new Emitter();
  let calls = 0;
  const listener = (): void => void calls++;
  emitter.once('drain', listener);
  emitter.off('drain', listener);
  emitter.emit('drain', drain);
  assert.deepEqual([calls, emitter.hears('drain')], [0, false]);
});

test('it is called once, and not again by an event from inside it', () => {
  const emitter = new Emitter();
  let calls = 0;
  emitter.once('drain', () => {
    calls++;
    emitter.emit('drain', drain);
  });
  emitter.emit('drain', drain);
  emitter.emit('drain', drain);
  assert.equal(calls, 1);
});

test('one that listens always keeps on when it is added by once besides', () => {
  const emitter = new Emitter();
  let calls = 0;
  const listener = (): void => void calls++;
  emitter.on('drain', listener);
  emitter.once('drain', listener);
  emitter.emit('drain', drain);
  emitter.emit('drain', drain);
  assert.equal(calls, 2);
});
