import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { JOB_METRICS } from '../../src/cli/run/job/job-metrics.ts';
import { CATALOGUE } from '../../src/metrics/catalogue/index.ts';
import { SERVERS } from '../../src/metrics/catalogue/servers.ts';
import { INFO_LABELS } from '../../src/metrics/source.ts';
import { sourceOf } from '../metrics/source.ts';
import { codes, page, pages, root, rows } from './markdown.ts';

const docs = page('docs/metrics.md');

/** Labels whose values are the user's, or the pool's own: they cannot be listed. */
const OPEN = new Set<string>(['task', 'module', 'slot', 'cell', ...INFO_LABELS]);

describe('docs/metrics.md', () => {
  it('has every metric, with its type, labels and meaning, and no other', () => {
    const documented = rows(docs, 'Every metric').map((row) => ({
      name: codes(row.metric)[0],
      type: row.type,
      labels: codes(row.labels),
      help: row['what it tells'],
    }));
    assert.deepEqual(
      documented,
      CATALOGUE.map(({ name, type, labels, help }) => ({ name, type, labels, help })),
    );
  });

  it('has every metric of a job', () => {
    const documented = rows(docs, 'Metrics of a job').map((row) => [codes(row.metric)[0], row.type, row['what it tells']]);
    assert.deepEqual(
      documented,
      JOB_METRICS.map(({ name, type, help }) => [name, type, help]),
    );
  });

  it('has every metric of a server, with its type, labels and meaning, and no other', () => {
    const documented = rows(docs, 'Metrics of servers')
      .filter((row) => row.metric !== undefined)
      .map((row) => ({ name: codes(row.metric)[0], type: row.type, labels: codes(row.labels), help: row['what it tells'] }));
    assert.deepEqual(
      documented,
      SERVERS.map(({ name, type, labels, help }) => ({ name, type, labels, help })),
    );
  });

  it('has every label value that is known from the start, and no other', () => {
    const source = sourceOf();
    const task = source.tally.task('default');
    task.votes = true;
    task.hedged = true;
    const known: Record<string, string[]> = {};
    for (const { name, labels, read } of CATALOGUE) {
      for (const label of labels.filter((one) => !OPEN.has(one))) {
        const values = read(source).map((sample) => sample.labels[label]!);
        if (values.length > 0) known[`${name} ${label}`] = [...new Set(values)].sort();
      }
    }
    const documented = rows(docs, 'Label values').map((row) => [
      `${codes(row.metric)[0]} ${codes(row.label)[0]}`,
      codes(row.values).sort(),
    ]);
    assert.deepEqual(Object.fromEntries(documented), known);
  });

  it('knows every value that the code counts under', () => {
    const counted = { ballots: 'ballots_total', conflicts: 'conflicts_total' } as const;
    const known = new Map(rows(docs, 'Label values').map((row) => [codes(row.metric)[0], codes(row.values)]));
    let found = 0;
    for (const name of readdirSync(`${root}src`, { recursive: true })) {
      if (!String(name).endsWith('.ts')) continue;
      for (const [, field, argument] of readFileSync(`${root}src/${name}`, 'utf8').matchAll(/\b(ballots|conflicts)\.add\(([^)]*)\)/g)) {
        for (const [, value] of argument!.matchAll(/'([^']*)'/g)) {
          found++;
          assert.ok(known.get(counted[field as keyof typeof counted])?.includes(value!), `${name} counts ${field} as ${value}`);
        }
      }
    }
    assert.ok(found >= 6);
  });

  it('asks in its queries, as every page does, for metrics and label values that exist', () => {
    const names = new Set(
      [...CATALOGUE, ...SERVERS, ...JOB_METRICS].flatMap(({ name, type }) =>
        type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
      ),
    );
    let asked = 0;
    for (const one of pages()) {
      for (const [name] of one.text.matchAll(/\bholdfast_[a-z]\w+/g)) {
        asked++;
        assert.ok(names.has(name.slice('holdfast_'.length)), `${one.path}: ${name} is no series of ours`);
      }
    }
    assert.ok(asked > 10);
  });
});
