import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Presence } from '../../../src/executors/nodes/link/presence.ts';

/** What a pool learns of one node in looks that follow each other. @param looks its beat, and the connections that the broker has then */
function seen(...looks: readonly (readonly [beat: string, ...connections: number[]])[]): (boolean | undefined)[] {
  const presence = new Presence();
  return looks.map(
    ([beat, ...connections]) => presence.judge({ node: beat }, connections.map((id) => `id=${id} addr=x\n`).join(''))[0]!.connected,
  );
}

describe('whether a node has a connection with the broker', () => {
  it('is known from the second look on', () => {
    assert.deepEqual(seen(['1:7', 7], ['2:7', 7], ['2:7'], ['2:7']), [undefined, true, false, false]);
  });

  it('is not known if a beat comes whose connection had ended before: it was sent again over another, or arrives late', () => {
    assert.deepEqual(seen(['1:7', 7], ['1:7', 7], ['1:7'], ['2:7'], ['2:7'], ['3:8'], ['4:8', 8]), [
      undefined,
      true,
      false,
      undefined,
      undefined,
      undefined,
      true,
    ]);
  });

  it('is not known of a connection that was never seen, nor where the broker does not tell, nor of numbers of one before it', () => {
    assert.deepEqual(seen(['1:7'], ['2:7'], ['3:7']), [undefined, undefined, undefined]);
    assert.deepEqual(seen(['1:', 7], ['2:', 7]), [undefined, undefined]);
    const presence = new Presence();
    for (const beat of ['1:7', '2:7']) presence.judge({ node: beat }, 'id=7 addr=x\n');
    assert.equal(presence.judge({ node: '3:7' }, undefined)[0]!.connected, undefined);
    presence.forget();
    assert.equal(presence.judge({ node: '4:7' }, '')[0]!.connected, undefined);
  });
});
