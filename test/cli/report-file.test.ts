import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { observeRun, writeReport } from '../../src/cli/run/job/observer.ts';
import type { RunRequest } from '../../src/cli/run/messages.ts';
import { scratch } from './command.ts';

test('a report is put in one step: no draft follows a link, and none is left where it cannot be put', async (t) => {
  const folder = scratch(t);
  const [report, stranger] = [join(folder, 'run.html'), join(folder, 'stranger')];
  writeFileSync(stranger, 'mine');
  for (const ending of ['part', 'new']) symlinkSync(stranger, `${report}.${ending}`);
  assert.equal(await writeReport(report, 'whole'), undefined);
  assert.deepEqual([readFileSync(report, 'utf8'), readFileSync(stranger, 'utf8')], ['whole', 'mine']);
  const taken = join(folder, 'taken');
  mkdirSync(join(taken, 'inside'), { recursive: true });
  assert.match((await writeReport(taken, 'whole'))!, /^The report could not be written: /);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('taken')),
    ['taken'],
  );
});

test('a report follows a link, and takes the place of nothing but a regular file', async (t) => {
  const folder = scratch(t);
  const [report, link, pipe] = [join(folder, 'run.html'), join(folder, 'link'), join(folder, 'pipe')];
  symlinkSync(report, link);
  assert.equal(await writeReport(link, 'whole'), undefined);
  assert.equal(readFileSync(report, 'utf8'), 'whole');
  assert.ok(lstatSync(link).isSymbolicLink());
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(
    observeRun({ report: pipe } as RunRequest, () => assert.fail()),
    { code: 'ERR_BATCH_OPTION', message: /--report/ },
  );
  assert.ok(lstatSync(pipe).isFIFO());
});
