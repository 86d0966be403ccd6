import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EVENT_NAMES, type ThreadExitReason } from '../../src/core/events.ts';
import { CATALOGUE } from '../../src/metrics/catalogue/index.ts';
import { EVENTS } from '../diagnostics/sample-events.ts';
import { sourceOf } from '../metrics/source.ts';
import { codes, page, rows } from './markdown.ts';

const docs = page('docs/events.md');

describe('docs/events.md', () => {
  it('has every event, in its order, and no other', () => {
    assert.deepEqual(
      rows(docs, 'Every event').flatMap((row) => codes(row.event)),
      EVENT_NAMES,
    );
  });

  it('has every field of every event, and no other', () => {
    for (const row of rows(docs, 'Every event')) {
      const name = codes(row.event)[0] as keyof typeof EVENTS;
      if (name === 'crash') continue; // It has a table of its own.
      assert.deepEqual(codes(row.fields).sort(), Object.keys(EVENTS[name]).sort(), name);
    }
  });

  it('has every field of a crash report, and no other', () => {
    const documented = rows(docs, 'Crash reports').flatMap((row) => codes(row.field));
    assert.deepEqual(documented.sort(), [...Object.keys(EVENTS.crash), 'signal'].sort());
  });

  it('has every exit reason, and no other', () => {
    const exits = CATALOGUE.find(({ name }) => name === 'thread_exits_total')!;
    const reasons = exits.read(sourceOf()).map(({ labels }) => labels.reason as ThreadExitReason);
    assert.deepEqual(
      rows(docs, 'Exit reasons').flatMap((row) => codes(row.reason)),
      reasons,
    );
  });
});
