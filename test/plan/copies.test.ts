import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BulkQueue, balance, fullAfter } from '../../src/plan/formulas/bulk.ts';
import { copiesStarted, LOOK, type SparedCopies } from '../../src/plan/formulas/held-back.ts';
import { vote } from '../../src/plan/formulas/voting.ts';
import { erlangC } from '../../src/plan/formulas/waiting.ts';
import { plan } from '../../src/plan/index.ts';
import { PATIENCE } from '../../src/policies/redundancy/reserve.ts';

function near(got: number, expected: number, relative: number): void {
  assert.ok(Math.abs(got - expected) <= relative * Math.abs(expected), `expected ${expected}, got ${got}`);
}

const full = (chances: readonly number[], servers: number): number => chances.slice(servers).reduce((sum, chance) => sum + chance, 0);

it('the plan looks as often as the pool', () => assert.equal(LOOK, PATIENCE));

describe('tasks that bring several copies', () => {
  it('one copy each: find all threads busy as often as Erlang says', () => {
    for (const [servers, load] of [
      [1, 0.6],
      [10, 0.9],
      [3_000, 0.98],
    ] as const) {
      const chances = balance({ servers, arrivals: load * servers, idle: 1, full: 1 })!;
      near(full(chances, servers), erlangC(servers, load * servers), 1e-6);
    }
  });

  it('keep as many threads busy as they bring work, and grow without end where that is too much', () => {
    const queue: BulkQueue = { servers: 10, arrivals: 2, idle: 3, full: 2.2 };
    const chances = balance(queue)!;
    const busy = chances.reduce((sum, chance, n) => sum + chance * Math.min(n, 10), 0);
    const held = full(chances, 10);
    near(busy, 2 * (3 * (1 - held) + 2.2 * held), 1e-9);
    assert.equal(balance({ ...queue, arrivals: 4.6 }), undefined);
  });

  it('meet idle threads again as if nothing had been, after a while', () => {
    const queue: BulkQueue = { servers: 10, arrivals: 2, idle: 3, full: 2 };
    const chances = balance(queue)!;
    const seen = fullAfter(queue, chances, 40, 2_000);
    assert.equal(seen[0], 1);
    for (let i = 1; i < seen.length; i++) assert.ok(seen[i]! <= seen[i - 1]! + 1e-12);
    near(seen.at(-1)!, full(chances, 10), 1e-3);
  });
});

describe('copies that are held back', () => {
  const votes = vote({ replicas: 3, quorum: 2, maxReplicas: 5, corrupt: 0.01, agree: 1, common: 0 });
  const spared: SparedCopies = {
    replicas: 3,
    quorum: 2,
    most: votes.copies,
    fewest: votes.fewest,
    unanimous: votes.unanimous,
    servers: 10,
    load: 0.2,
    service: 10,
  };

  it('are none where threads are always idle, all where tasks always wait, and more the higher the load', () => {
    near(copiesStarted({ ...spared, load: 1e-6 }), votes.copies, 1e-6);
    for (const load of [0.4951, 0.6, 1, 2]) near(copiesStarted({ ...spared, load }), votes.fewest, 1e-3);
    let before = votes.copies;
    for (let load = 0.02; load < 0.5; load += 0.02) {
      const copies = copiesStarted({ ...spared, load });
      assert.ok(copies < before && copies >= votes.fewest, `${load}: ${copies} after ${before}`);
      before = copies;
    }
  });

  it('are as many as sixty thousand tasks of a simulated pool have shown', () => {
    // 2.861 ± 0.006 without spares, where all answers are right.
    near(copiesStarted({ ...spared, most: 3, fewest: 2, unanimous: 1 }), 2.861, 0.002);
  });

  it('are called up where tasks take long, and not where they are short', () => {
    const at = (service: number): number => copiesStarted({ ...spared, service });
    assert.ok(at(1) < at(30) && at(30) < at(100), `${at(1)}, ${at(30)}, ${at(100)}`);
  });

  it('go over into the limit for many threads, which is as many copies as there is room for', () => {
    for (const load of [0.2, 0.36, 0.45])
      near(copiesStarted({ ...spared, load, servers: 20_000 }), copiesStarted({ ...spared, load, servers: 20_001 }), 0.01);
    near(copiesStarted({ ...spared, load: 0.4, servers: 1e6 }), 2.5, 1e-9);
  });

  it('make room for three copies in a plan that has none for all of them', () => {
    const system = { nodes: 1, rate: 400, threads: 10, service: '10ms', mtbf: '1y', takeover: '1s', replicas: 3, corrupt: 1e-4 } as const;
    const { lines } = plan(system);
    const of = (id: string): number => lines.find((line) => line.id === id)!.value!;
    assert.ok(of('copies') > 2 && of('copies') < 2.5, String(of('copies')));
    assert.ok(of('loadWithCopies') < 1);
    near(of('highestLoad'), 0.5, 1e-3);
  });
});
