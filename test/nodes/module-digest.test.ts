import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Disk, ModuleDigests } from '../../src/executors/nodes/module-digest.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const MODULE = 'file:///tasks.js';

/** A file system with one file, whose times are as coarse as a test wants them. */
function disk(): Disk & { text: string; time: number; changed: number; reads: number } {
  return {
    text: 'a',
    time: 0,
    changed: 0,
    reads: 0,
    state() {
      return `${this.text.length} ${this.changed}`;
    },
    read() {
      this.reads++;
      return Buffer.from(this.text);
    },
    now() {
      return this.time;
    },
  };
}

describe('the digest of a task module that is asked for at every beat', () => {
  it('costs no reading while the file stays as it is', () => {
    const files = disk();
    const digests = new ModuleDigests(files);
    for (; files.time <= 60_000; files.time += 500) assert.equal(digests.of(MODULE), sha('a'));
    assert.equal(files.reads, 5); // At 0, 500, 1,000, 1,500 and 2,000: a change after that shows.
  });

  it('follows a file that changes, even where its times do not show it yet', () => {
    const files = disk();
    const digests = new ModuleDigests(files);
    assert.equal(digests.of(MODULE), sha('a'));
    files.text = 'b'; // As long, and in the same tick of a coarse clock.
    files.time = 1_999;
    assert.equal(digests.of(MODULE), sha('b'));
    files.time = 60_000;
    digests.of(MODULE);
    Object.assign(files, { text: 'c', changed: 60_000 });
    assert.equal(digests.of(MODULE), sha('c'));
    files.text = 'd';
    assert.equal(digests.of(MODULE), sha('d'));
  });

  it('is that of a real file, with its times set back, and an error where there is none', (t: TestContext) => {
    const home = mkdtempSync(join(tmpdir(), 'holdfast-'));
    t.after(() => rmSync(home, { recursive: true }));
    const path = join(home, 'tasks.js');
    const { href } = pathToFileURL(path);
    const digests = new ModuleDigests();
    for (const text of ['one', 'two']) {
      writeFileSync(path, text);
      utimesSync(path, 1, 1);
      assert.equal(digests.of(href), sha(text));
    }
    rmSync(path);
    assert.throws(() => digests.of(href), { code: 'ENOENT' });
  });

  it('is remembered for a limited number of modules', () => {
    const files = disk();
    const digests = new ModuleDigests(files);
    for (let i = 0; i < 1_000; i++) assert.equal(digests.of(`file:///tasks-${i}.js`), sha('a'));
    files.reads = 0;
    digests.of('file:///tasks-0.js');
    assert.equal(files.reads, 1);
  });
});
