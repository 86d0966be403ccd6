import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PlanOptions, plan, planText } from '../../src/plan/index.ts';

const text: PlanOptions = { nodes: 1_000, rate: 1_000, mtbf: '3y', takeover: '8s' };
const all: PlanOptions = {
  ...text,
  service: '1ms',
  crash: 0.01,
  hang: 0.001,
  corrupt: 1e-6,
  load: 0.6,
  replicas: 3,
  nines: 7,
  timeout: '100ms',
};

const numberOf = (options: PlanOptions, id: string): number | undefined => plan(options).lines.find((line) => line.id === id)?.value;
const becauseOf = (options: PlanOptions, id: string): string | undefined => plan(options).lines.find((line) => line.id === id)?.because;

describe('a plan', () => {
  it('has the numbers of the text', () => {
    const near = (id: string, expected: number): void => {
      const value = numberOf(text, id)!;
      assert.ok(Math.abs(value / expected - 1) < 1e-3, `${id}: ${value}`);
    };
    near('nodeFailures', 0.9132);
    near('eventsHit', 8_000);
    near('unavailability', 8.456e-8);
    near('longestTakeover', 9_460.8);
    near('allowed', 10_000);
    assert.equal(plan(text).reachable, true);
  });

  it('gives every line a formula, a source, an assumption, and a name of its own', () => {
    const { lines } = plan(all);
    for (const { formula, source, assumption, title, text: value } of lines)
      for (const words of [formula, source, assumption, title, value]) assert.ok(words.length > 0);
    assert.equal(new Set(lines.map(({ id }) => id)).size, lines.length);
    for (const line of lines) assert.ok(line.value === undefined || Number.isFinite(line.value), line.id);
  });

  it('says what is not reachable, and why', () => {
    assert.match(becauseOf({ ...text, takeover: '10s' }, 'longestTakeover')!, /a node must work for 3.17 years between failures/);
    assert.match(becauseOf({ ...all, common: 0.2 }, 'replicas')!, /2e-7 of the answers are wrong in all copies alike/);
    assert.match(becauseOf({ ...text, poison: 1e-6, crash: 0.01 }, 'attempts')!, /1e-6 of the inputs fail at every attempt/);
    assert.match(becauseOf({ ...text, crash: 1 }, 'attempts')!, /every attempt fails/);
    assert.match(becauseOf(all, 'loadWithCopies')!, /2.02 copies of each task do not fit/);
    assert.match(becauseOf({ ...text, nodes: 1, rate: 10, service: '200ms', threads: 1 }, 'ownWhole')!, /the load is 200 %/);
    assert.match(becauseOf({ ...text, nodes: 4, domain: 4 }, 'carriesLoad')!, /leaves no node/);
    assert.match(becauseOf({ ...all, replicas: 1, timeout: '30s' }, 'longestTimeout')!, /30 s is longer/);
    assert.equal(plan({ ...all, replicas: 1, timeout: '100ms', crash: 0.001 }).reachable, true);
  });

  it('refuses what does not fit together', () => {
    const refused = (options: Partial<PlanOptions>, message: RegExp): void => {
      assert.throws(() => plan({ ...text, ...options }), { code: 'ERR_INVALID_OPTION', message });
    };
    refused({ crash: 0.7, hang: 0.7 }, /^hang: Expected at most 0.3/);
    refused({ replicas: 3, quorum: 1 }, /^quorum: Expected more than half of 3 copies/);
    refused({ domain: 2_000 }, /^domain: Expected at most the 1000 nodes/);
    refused({ load: 0 }, /^load: Expected a share above 0/);
    refused({ service: '1ms', threads: 2, load: 0.6 }, /^load: Expected nothing, or the load that rate, service and threads make: 0.5/);
    refused({ nods: 3 } as never, /^nods: Expected a known option \(nodes, rate/);
    assert.throws(() => plan({ nodes: 3 } as never), { message: /^rate: Expected .* Got undefined/ });
  });

  it('holds at the edges: one node, many nodes, no take-over time, every option at its bounds', () => {
    for (const nodes of [1, 10_000_000])
      for (const takeover of [0, '1y'])
        for (const load of [1e-6, 1]) {
          const { lines } = plan({ ...all, nodes, takeover, load, rate: 1, spares: 1, together: 1, domain: 1 });
          for (const line of lines)
            assert.ok(line.value === undefined ? line.because : Number.isFinite(line.value), `${line.id} ${line.text}`);
        }
  });

  it('fits a screen of 80 columns', () => {
    for (const options of [text, all, { ...all, common: 0.2, takeover: '10s', poison: 1e-3, spares: 2, together: 0.1, domain: 20 }]) {
      const long = planText(plan(options))
        .split('\n')
        .filter((line) => line.length > 80);
      assert.deepEqual(long, []);
    }
  });
});
