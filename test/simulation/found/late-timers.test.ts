import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeError } from '../../../src/core/codec.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../scripted.ts';

describe('a total timeout that looks before it strikes', () => {
  it('gives way to the error that it finds', async (t) => {
    // The error was there, and taken in; whether to retry was decided a moment later. In that moment the task was told it had timed out.
    const script = new Script(t, { threads: 1, timeout: { total: 50 } });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('throws'));
    await settle();
    const thread = script.thread(1);
    thread.begin();
    const report = (): void => thread.events.done(1, 0, [undefined], [0, 0], [[0, 'error', encodeError(new RangeError('its own'))]]);
    thread.poll = () => {
      thread.poll = () => {};
      report();
    };
    await script.clock.advance(60);
    assert.equal((run.error as Error).message, 'its own');
  });
});
