import assert from 'node:assert/strict';
import { it } from 'node:test';
import { first } from '../../soak.ts';
import { KINDS, MOMENTS, misbehaves } from './cell.ts';

/** Some of the matrix; all of it in `matrix.soak.ts`. */
const SOME = [
  ['sends garbage on every port it can reach', 'close', 'replay'],
  ['throws a proxy that fights back', 'replay', 'standby'],
  ['calls it from code that no task started', 'handler', 'replay'],
  ['leaves a rejection unhandled', 'idle', 'replicas'],
  ['returns what cannot be cloned', 'snapshot', 'replay'],
] as const;

for (const [fault, moment, way] of first(1, SOME)) {
  it(`a server that ${fault} (${moment}, ${way}) settles each call once, and its state is what was answered`, async () => {
    assert.ok(MOMENTS.includes(moment));
    await misbehaves(KINDS.find((kind) => kind.fault === fault)!, moment, way);
  });
}
