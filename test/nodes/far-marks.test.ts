import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FarMarks } from '../../src/executors/nodes/far-marks.ts';
import type { Posted } from '../../src/executors/nodes/outbox.ts';
import type { ToNode } from '../../src/executors/nodes/protocol.ts';

const posted = (frame: number | undefined): Posted<ToNode> => ({
  message: { do: 'run', thread: 0, bundle: 1, ids: [1, 2], metas: undefined } as unknown as ToNode,
  body: undefined,
  frame,
});

describe('what is known of a thread on a node', () => {
  it('lets a result count that comes before the frame of its bundle is acknowledged', () => {
    const marks = new FarMarks();
    marks.sends(1, posted(29), 2);
    // The bundle is done and so not in the marks; the frame in which it came holds more, which the node still fetches.
    marks.take([0, 1, -1, 0, 0, 0], 28, 0);
    assert.deepEqual(marks.standing(1), { claimed: 0, finished: 0 });
    marks.reported(1, 2);
    assert.deepEqual(marks.standing(1), { claimed: 2, finished: 2 });
  });

  it('does not hold a bundle to be given that has never left, whatever else may have been', () => {
    const marks = new FarMarks();
    marks.sends(1, posted(3), 2);
    marks.sends(2, posted(undefined), 2);
    marks.seal(Number.POSITIVE_INFINITY);
    assert.deepEqual(marks.standing(1), { claimed: 2, finished: 0 });
    assert.deepEqual(marks.standing(2), { claimed: 0, finished: 0 });
  });

  it('holds what came up to the last frame that was given to have been given, and no more', () => {
    const marks = new FarMarks();
    marks.sends(1, posted(3), 2);
    marks.sends(2, posted(4), 2);
    marks.seal(3);
    assert.deepEqual(marks.standing(1), { claimed: 2, finished: 0 });
    assert.deepEqual(marks.standing(2), { claimed: 0, finished: 0 });
  });
});
