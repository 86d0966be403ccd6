import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fromBytes, toBytes } from '../../../src/core/wire/bytes.ts';
import { encodeForSure } from '../../../src/core/wire/codec.ts';
import { FROM_THREAD } from '../../../src/core/wire/wire.ts';
import { isFromThread } from '../../../src/core/wire/wire-check.ts';
import { isFrame } from '../../../src/executors/nodes/protocol-check.ts';
import { isFromServer } from '../../../src/server/host/message-check.ts';
import { FROM, type FromThread, OUTCOME, PHASE } from '../../../src/server/wire.ts';

const error = encodeForSure(new Error('no'));
const names = { version: 1, call: ['a'], read: [], cast: [], terminates: false };
const from = { server: 's', call: 1 };

const GENUINE: readonly FromThread[] = [
  [FROM.ready, new ArrayBuffer(8), undefined, names],
  [FROM.ready, undefined, [['timer', 'ref', 5]], names],
  [FROM.ignored],
  [FROM.failed, error],
  [
    FROM.reports,
    [
      [1, OUTCOME.reply, { any: 'thing' }, undefined],
      [2, OUTCOME.fail, error, [['reply', from, 1, false]]],
      [
        -3,
        OUTCOME.threw,
        error,
        [
          ['cast', 's', 'name', undefined],
          ['cancel', 'ref'],
          ['stop', undefined],
          ['stop', error],
        ],
      ],
      [4, OUTCOME.later, undefined, undefined],
    ],
  ],
  [FROM.report, 1, OUTCOME.reply, { any: 'thing' }, undefined],
  [FROM.report, -3, OUTCOME.threw, error, [['cancel', 'ref']]],
  [FROM.applied, 7],
  [FROM.snapshot, -2, new ArrayBuffer(8), undefined],
  [FROM.snapshot, -2, undefined, error],
  [FROM.ask, 1, 0, 'server', 'name', 'content', undefined],
  [FROM.continued, 1, 1, []],
  [FROM.crashing, -1, PHASE.idle, error],
  [FROM.exiting, 3],
];
const travelled = (message: unknown): unknown => fromBytes(toBytes(message));

it('takes every message that a thread of a server sends', () => {
  for (const message of GENUINE) assert.ok(isFromServer(travelled(message)), JSON.stringify(message));
});

it('takes none in which a part that is looked at is of another kind', () => {
  const strange: unknown[] = ['x', -0.5, null, { toString: 1 }, [[[]]], new Map()];
  let refused = 0;
  for (const message of GENUINE) {
    for (let place = 0; place < message.length; place++) {
      for (const part of strange) {
        const forged = travelled(message.map((one, i) => (i === place ? part : one)));
        let taken = false;
        try {
          taken = isFromServer(forged);
        } catch {} // The cell is ended then as well.
        // The content of a question to another server may be anything, and so may a reply.
        const anything =
          (message[0] === FROM.ask && place === 5) || (message[0] === FROM.report && message[2] === OUTCOME.reply && place === 3);
        const alike =
          (message[0] === FROM.ask && (place === 3 || place === 4) && part === 'x') ||
          (message[0] === FROM.ask && place === 6 && part === -0.5);
        const code = message[0] === FROM.exiting && place === 1 && part === -0.5;
        if (!anything && !alike && !code) assert.equal(taken, false, `${JSON.stringify(message)}, ${place}: ${JSON.stringify(part)}`);
        if (!taken) refused++;
      }
    }
  }
  assert.ok(refused > 150, `${refused} were refused`);
  for (const nothing of [undefined, null, 5, 'text', {}, [], [99], ['toString'], ['__proto__']]) assert.equal(isFromServer(nothing), false);
});

it('takes none with a hole in a list, or with a tag that throws when it is made a key', () => {
  const hole = new Array(1);
  const key = { toString: null };
  for (const message of [
    [FROM.reports, hole],
    [FROM.reports, [[1, OUTCOME.reply, 1, hole]]],
    [FROM.continued, 1, 1, hole],
    [key],
    [FROM.continued, 1, 1, [[key]]],
  ])
    assert.equal(isFromServer(travelled(message)), false);
  // The brothers: a report of a task's thread, and a frame of a node.
  assert.equal(isFromThread(travelled([FROM_THREAD.done, 0, 0, [], [1], hole])), false);
  assert.equal(isFrame(travelled(['session', 1, 1, [], hole])), false);
  assert.equal(isFrame(travelled(['session', 1, 1, [], []])), true);
});
