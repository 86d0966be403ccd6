import fc from 'fast-check';
import type { RestartType, Strategy } from '../../../src/supervision/index.ts';

/** How a child takes being stopped: at once, after this many milliseconds, or only when it is killed. */
export type Manners = 'prompt' | 'deaf' | number;
/** What a start of a child does. */
export type Move = 'ok' | 'slow' | 'fail' | 'ignore';
export type DeathKind = 'normal' | 'shutdown' | 'killed' | 'error';

export interface Worker {
  readonly id: string;
  readonly restart: RestartType;
  readonly significant: boolean;
  /** Milliseconds from asking to killing. */
  readonly shutdown: number;
  readonly manners: Manners;
}

export interface Tree {
  readonly id: string;
  readonly strategy: Strategy;
  readonly intensity: number;
  readonly within: number;
  readonly auto: 'never' | 'any_significant' | 'all_significant';
  /** Of a simple supervisor: its template alone. */
  readonly children: readonly (Worker | Tree)[];
  readonly restart: RestartType;
  readonly significant: boolean;
}

/** What happens next, as drawn: the numbers choose among what there is at that moment. */
export type Step =
  | { readonly do: 'die'; readonly who: readonly number[]; readonly kind: DeathKind }
  | { readonly do: 'arrive'; readonly how: 'ok' | 'fail' }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'call'; readonly call: 'terminate' | 'restart' | 'delete'; readonly at: number; readonly child: number }
  | { readonly do: 'start'; readonly at: number; readonly name: number; readonly worker: Omit<Worker, 'id'> };

export interface Scenario {
  readonly top: Tree;
  /** What the starts of each child do, one after the other; after them all go well. */
  readonly moves: Readonly<Record<string, readonly Move[]>>;
  readonly steps: readonly Step[];
}

export const isTree = (child: Worker | Tree): child is Tree => 'children' in child;

const strategies = ['one_for_one', 'one_for_all', 'rest_for_one'] as const;
const restart = fc.constantFrom<RestartType>('permanent', 'transient', 'transient', 'temporary');
const limits = { intensity: fc.constantFrom(0, 1, 2, 2, 3, 4), within: fc.constantFrom(60, 250, 100_000) };
const auto = fc.constantFrom('never', 'any_significant', 'any_significant', 'all_significant');

function worker(id: fc.Arbitrary<string>): fc.Arbitrary<Worker> {
  const shutdown = fc.constantFrom(0, 50, 150);
  const manners = fc.constantFrom<Manners>('prompt', 'prompt', 'prompt', 'deaf', 20, 100);
  return fc.record({ id, restart, significant: fc.boolean(), shutdown, manners });
}

/** A child may be significant only where it can mean something. */
function lawful(tree: Tree): Tree {
  const children = tree.children.map((child) => {
    const significant = child.significant && child.restart !== 'permanent' && tree.auto !== 'never';
    return isTree(child) ? lawful({ ...child, significant }) : { ...child, significant };
  });
  return { ...tree, children };
}

function tree(
  id: string,
  children: fc.Arbitrary<readonly (Worker | Tree)[]>,
  restarts: fc.Arbitrary<RestartType> = restart,
): fc.Arbitrary<Tree> {
  const strategy = fc.constantFrom<Strategy>(...strategies);
  return fc.record({ id: fc.constant(id), strategy, ...limits, auto, children, restart: restarts, significant: fc.boolean() });
}

const some = (...ids: string[]): fc.Arbitrary<readonly Worker[]> =>
  fc.tuple(...ids.map((id) => worker(fc.constant(id)))).chain((all) => fc.subarray(all, { minLength: 1 }));

const flat = tree('app', some('a', 'b', 'c', 'd'));

const nested = fc
  .tuple(some('a', 'b'), tree('low', some('p', 'q', 'r')), some('c'))
  .chain(([before, low, after]) => tree('app', fc.constant([...before, low, ...after])));

const simple = tree('app', some('template')).map((one): Tree => {
  const [template] = one.children as [Worker];
  return { ...one, strategy: 'simple_one_for_one', auto: 'never', children: [{ ...template, significant: false }] };
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('die' as const),
      who: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
      kind: fc.constantFrom<DeathKind>('error', 'error', 'normal', 'shutdown', 'killed'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('arrive' as const), how: fc.constantFrom('ok' as const, 'ok' as const, 'fail' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 200 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      call: fc.constantFrom('terminate' as const, 'restart' as const, 'delete' as const),
      at: fc.nat(3),
      child: fc.nat(20),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('start' as const), at: fc.nat(3), name: fc.nat(2), worker: worker(fc.constant('')) }),
  },
);

const move = fc.constantFrom<Move>('ok', 'ok', 'fail', 'slow', 'ignore');
const moves = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', 'p', 'q', 'r', 'x', 'y', 'u', 'i1', 'i2'),
  fc.array(move, { maxLength: 5 }),
  { maxKeys: 4 },
);

/** An instance whose restart has nothing to run stays among the children of OTP as one without a process, which is nothing to copy. */
function instancesRun({ top, moves, steps }: Scenario): Scenario {
  if (top.strategy !== 'simple_one_for_one') return { top, moves, steps };
  const run = Object.entries(moves).map(([id, all]) => [id, all.map((move) => (move === 'ignore' ? 'fail' : move))]);
  return { top, moves: Object.fromEntries(run), steps };
}

export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    top: fc.oneof({ weight: 4, arbitrary: flat }, { weight: 3, arbitrary: nested }, { weight: 1, arbitrary: simple }).map(lawful),
    moves,
    steps: fc.array(step, { minLength: 1, maxLength: 20, size: 'max' }),
  })
  .map(instancesRun);
