import assert from 'node:assert/strict';
import fs, { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { MessagePort } from 'node:worker_threads';
import { identityOf } from '../../src/core/foreign/same-file.ts';
import { ControlBlock } from '../../src/core/wire/control-block.ts';
import { type DoneMessage, type RunMessage, TO_THREAD } from '../../src/core/wire/wire.ts';
import type { Item } from '../../src/thread/item.ts';
import { Report } from '../../src/thread/report.ts';
import { Runner } from '../../src/thread/runner.ts';

let writes = 0;
const { writeSync } = fs;
fs.writeSync = ((...args: Parameters<typeof writeSync>) => {
  writes++;
  return writeSync(...args);
}) as typeof writeSync;
// It takes the function when it is loaded.
const { MirroredBlock } = await import('../../src/thread/mirror.ts');
fs.writeSync = writeSync;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
after(() => rmSync(folder, { recursive: true }));
const BUNDLE = 7;

/** What a parent reads. */
interface Seen {
  readonly claimed: number;
  readonly finished: number;
}

class Stage {
  readonly path: string;
  readonly descriptor: number;
  readonly control: ControlBlock;
  readonly #runner: Runner;
  /** How far each report reaches, and what the file says when it is sent. */
  readonly posted: { upTo: number; seen: Seen }[] = [];
  readonly broken: (number | undefined)[] = [];
  now = 1;

  constructor(name: string, task: (index: number, stage: Stage) => unknown, items: number) {
    this.path = join(folder, name);
    this.descriptor = openSync(this.path, 'wx+');
    this.control = new MirroredBlock(new SharedArrayBuffer(ControlBlock.BYTES), {
      descriptor: this.descriptor,
      file: identityOf(this.descriptor),
      position: 0,
    });
    this.control.open(BUNDLE);
    const inputs = Array.from({ length: items }, (_, index) => index);
    const bundles: RunMessage[] = [[TO_THREAD.run, BUNDLE, inputs, inputs, undefined]];
    const port = {
      postMessage: ([, , from, , times]: DoneMessage) => this.posted.push({ upTo: from + times.length - 1, seen: this.seen() }),
    } as unknown as MessagePort;
    this.#runner = new Runner({
      around: { port, control: this.control, runLimit: 1_000, time: { now: () => 0, lived: () => 0 } },
      report: new Report(port, this.control, 'serialized'),
      modules: { handler: () => (input: unknown) => task(input as number, this) },
      name: 'default',
      call: (handler, input) => handler(input),
      now: () => this.now,
      receive: () => bundles.shift(),
      afterTurn: setImmediate,
      onIdle: () => {},
      onBroken: (item?: Item) => this.broken.push(item?.index),
    });
    Atomics.store(this.control.words, ControlBlock.WAKE, 0);
    // Reports of this stage are on their way as soon as they are posted.
    this.control.awaitPassedOn = () => {};
  }

  run(): this {
    writes = 0;
    this.#runner.wake();
    return this;
  }

  seen(): Seen {
    const block = new ControlBlock();
    new Uint8Array(block.buffer).set(readFileSync(this.path));
    return { claimed: block.claimed(BUNDLE), finished: block.finished(BUNDLE) };
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

test('a bundle of items that return at once costs a write an item, and one for the last', () => {
  const stage = new Stage('writes', (index) => index, 50).run();
  assert.equal(writes, 51);
  assert.deepEqual(stage.posted, [{ upTo: 50, seen: { claimed: 50, finished: 50 } }]);
  stage.close();
});

test('whoever reads in the middle of an item finds exactly that it runs', async () => {
  const seen: Seen[] = [];
  const stage = new Stage(
    'middle',
    (index, { seen: look }) => {
      seen.push(look.call(stage));
      if (index === 4) throw new Error('a failure');
      return index === 2 ? Promise.resolve(index) : [index];
    },
    6,
  );
  stage.run();
  await new Promise(setImmediate);
  assert.deepEqual(
    seen,
    seen.map((_, index) => ({ claimed: index + 1, finished: index })),
  );
  assert.equal(seen.length, 6);
  stage.close();
});

test('no report goes before its items are seen to have ended, whenever it goes', () => {
  const stage = new Stage(
    'reports',
    (_, at) => {
      at.now += 0.2; // Every second report is due.
    },
    9,
  ).run();
  assert.deepEqual(
    stage.posted.map(({ upTo }) => upTo),
    [2, 4, 6, 8, 9],
  );
  for (const { upTo, seen } of stage.posted) assert.deepEqual(seen, { claimed: upTo, finished: upTo });
  stage.close();
});

test('an item whose result or error runs code when it is looked at has not ended; one whose result does when it is cloned has', () => {
  const seen: Record<string, Seen> = {};
  const look = (name: string): void => {
    seen[name] ??= stage.seen();
  };
  const answers = [
    () =>
      new Proxy(
        {},
        {
          has: () => {
            look('marked?');
            return false;
          },
        },
      ),
    () => {
      throw Object.defineProperty(new Error(), 'stack', { get: () => look('thrown') });
    },
    () => ({
      get value() {
        look('cloned');
        return 1;
      },
    }),
  ];
  const stage = new Stage('foreign', (index) => answers[index]!(), 3);
  stage.run();
  assert.deepEqual(seen, {
    'marked?': { claimed: 1, finished: 0 },
    thrown: { claimed: 2, finished: 1 },
    cloned: { claimed: 3, finished: 3 },
  });
  stage.close();
});

test('where the rest is taken back, what has ended is seen to have', () => {
  const stage = new Stage(
    'revoked',
    (index, { control }) => {
      if (index === 2) assert.equal(control.revoke(BUNDLE), 3);
    },
    6,
  ).run();
  assert.deepEqual(stage.seen(), { claimed: 3, finished: 3 });
  assert.deepEqual(
    stage.posted.map(({ upTo }) => upTo),
    [3],
  );
  stage.close();
});

test('who closes the descriptor is known, and the file that takes its number is not written to', () => {
  const other = join(folder, 'other');
  const stage = new Stage(
    'closed',
    (index, { descriptor }) => {
      if (index !== 3) return;
      closeSync(descriptor);
      assert.equal(openSync(other, 'wx+'), descriptor);
    },
    6,
  ).run();
  assert.equal(stage.broken[0], 3);
  assert.equal(fstatSync(stage.descriptor).size, 0);
  assert.deepEqual(stage.seen(), { claimed: 4, finished: 3 });
  stage.close();
});

test('so is not the one that takes its number while a result is cloned in the middle of a bundle', () => {
  const other = join(folder, 'another');
  const stage = new Stage(
    'cloned',
    (index, at) => {
      at.now += 1; // Each report is due.
      if (index !== 3) return index;
      return {
        get value() {
          closeSync(at.descriptor);
          assert.equal(openSync(other, 'wx+'), at.descriptor);
          return index;
        },
      };
    },
    6,
  ).run();
  assert.deepEqual(stage.broken, [undefined], 'the next item is not begun');
  assert.equal(fstatSync(stage.descriptor).size, 0);
  assert.deepEqual(stage.seen(), { claimed: 4, finished: 4 });
  stage.close();
});
