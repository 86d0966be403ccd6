import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { BatchProgress } from '../../src/batch/index.ts';
import { displayFor } from '../../src/cli/run/display/display.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';

// Tests may run where the terminal is called dumb.
process.env.TERM = 'xterm';

/** A terminal, or a log file, that remembers what was written to it. */
class Screen extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #colors: boolean;

  constructor(isTTY: boolean, columns = 80, colors = false) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
    this.#colors = colors;
  }

  hasColors(): boolean {
    return this.#colors;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const HALF: BatchProgress = {
  done: 490,
  failed: 10,
  earlier: 0,
  retries: 3,
  open: 8,
  kinds: { error: 8, timeout: 2 },
  firstFailure: undefined,
  longest: [],
  lines: 508,
  bytes: 5_080,
  totalBytes: 10_000,
};

async function watched(screen: Screen, quiet = false): Promise<Screen> {
  const clock = new VirtualClock();
  const display = displayFor(screen, quiet, clock);
  display.progress({ ...HALF, done: 0, failed: 0 });
  for (let i = 0; i < 24; i++) {
    await clock.advance(250);
    display.progress(HALF);
  }
  display.print('a remark');
  display.pass(Buffer.from('whole line\nhalf'));
  display.stop();
  return screen;
}

test('a log gets a line every few seconds', async () => {
  const { text } = await watched(new Screen(false));
  assert.match(text, /^490 done \(50 %\), 10 failed \(error 8, timeout 2\), 3 retried, 8\d\/s, 6s left\n/);
  assert.equal(text.match(/ done /g)!.length, 1);
  assert.ok(text.endsWith('a remark\nwhole line\nhalf'));
});

test('a terminal gets a bar that fits it, and remarks stand above it', async () => {
  for (const columns of [40, 60, 80, 200]) {
    const { text } = await watched(new Screen(true, columns));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor is not seen
    const shown = text.replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, '\r').split(/[\r\n]+/);
    const bars = shown.filter((line) => line.includes(' done '));
    assert.ok(bars.length > 0);
    for (const bar of bars) {
      if (columns >= 60) assert.ok(bar.length <= columns, `${bar.length} > ${columns}: ${bar}`);
    }
    assert.equal(/[█░]/.test(bars.at(-1)!), columns >= 60, bars.at(-1));
    assert.ok(shown.includes('a remark') && shown.includes('whole line') && shown.at(-2) === 'half', JSON.stringify(shown.slice(-5)));
  }
});

test('colours are for terminals that have them', async () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a colour is
  const color = /\u001b\[3\dm/;
  assert.match((await watched(new Screen(true, 100, true))).text, color);
  assert.doesNotMatch((await watched(new Screen(true, 100, false))).text, color);
});

test('quiet means remarks only', async () => {
  assert.equal((await watched(new Screen(true), true)).text, 'a remark\nwhole line\nhalf');
});

test('where the length of the input is unknown there are figures and no bar', async () => {
  const screen = new Screen(true);
  const display = displayFor(screen, false, new VirtualClock());
  display.progress({ ...HALF, totalBytes: undefined });
  display.stop();
  assert.ok(screen.text.includes('490 done  10 failed  3 retried') && !screen.text.includes('░'));
});
