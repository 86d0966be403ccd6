import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeReport } from '../../src/cli/run/job/observer.ts';
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
