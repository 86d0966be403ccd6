import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pool } from '../../src/index.ts';
import type { Check } from '../../src/options/checks.ts';
import { POOL_OPTIONS, resolveOptions } from '../../src/options/pool-options.ts';
import { runShape } from '../../src/options/run-options.ts';
import { MAP_SHAPE } from '../../src/stream/map-options.ts';

const filename = new URL('../fixtures/misdeeds/misdeeds.js', import.meta.url);

/** What every option is given. */
const VALUES = {
  nan: Number.NaN,
  fraction: 1.5,
  negative: -1,
  zero: 0,
  infinity: Number.POSITIVE_INFINITY,
  minusInfinity: Number.NEGATIVE_INFINITY,
  unsafe: 2 ** 53,
  bigint: 7n,
  digits: '7',
  empty: '',
  true: true,
  false: false,
  null: null,
  list: [],
  object: {},
  unknownName: { unknownName: 1 },
  numbers: [1],
  function: () => {},
  symbol: Symbol('wrong'),
} as const;
type Value = keyof typeof VALUES;

const WHOLE: readonly Value[] = [];
const FROM_ZERO: readonly Value[] = ['zero'];
const TIME_LIMIT: readonly Value[] = ['infinity'];
const COUNT_LIMIT: readonly Value[] = ['zero', 'infinity'];
const TEXT: readonly Value[] = ['digits'];
const YES_OR_NO: readonly Value[] = ['true', 'false'];
const FIELDS: readonly Value[] = ['object'];
const LIST: readonly Value[] = ['list'];
const CALL: readonly Value[] = ['function'];

/** Which of these values each option takes. An option that is not in the table fails its test, and so does a row without an option. */
const RUN: Record<string, readonly Value[]> = {
  name: TEXT,
  timeout: ['infinity', 'object'],
  'timeout.run': TIME_LIMIT,
  'timeout.queue': TIME_LIMIT,
  'timeout.total': TIME_LIMIT,
  retry: ['zero', 'infinity', 'false', 'object'],
  'retry.retries': COUNT_LIMIT,
  'retry.minTimeout': FROM_ZERO,
  'retry.maxTimeout': [], // 0 is less than minTimeout.
  'retry.factor': ['fraction'],
  'retry.randomize': YES_OR_NO,
  'retry.on': LIST,
  'retry.shouldRetry': CALL,
  idempotent: YES_OR_NO,
  redundancy: ['false'],
  'redundancy.replicas': WHOLE,
  'redundancy.quorum': WHOLE,
  'redundancy.maxReplicas': WHOLE,
  'redundancy.equal': WHOLE,
  'redundancy.resolve': WHOLE,
  hedge: ['false', 'object'],
  'hedge.after': WHOLE,
  'hedge.budget': FROM_ZERO,
  filename: TEXT,
};
const ONLY_RUN: Record<string, readonly Value[]> = {
  priority: ['fraction', 'negative', 'zero', 'unsafe'],
  signal: WHOLE,
  transferList: ['list', 'numbers'], // What is in it is found out when the task is sent.
  key: TEXT,
  onProgress: CALL,
};
const ONLY_POOL: Record<string, readonly Value[]> = {
  threads: FIELDS,
  'threads.min': FROM_ZERO,
  'threads.max': WHOLE,
  idleTimeout: COUNT_LIMIT,
  spares: FROM_ZERO,
  startupTimeout: TIME_LIMIT,
  abortGrace: FROM_ZERO,
  terminateTimeout: WHOLE,
  closeTimeout: COUNT_LIMIT,
  quarantine: FIELDS,
  'quarantine.key': CALL,
  'quarantine.after': WHOLE,
  'quarantine.ttl': FROM_ZERO,
  retryBudget: FROM_ZERO,
  restart: FIELDS,
  'restart.intensity': FROM_ZERO,
  'restart.within': WHOLE,
  'restart.minTimeout': FROM_ZERO,
  'restart.maxTimeout': [],
  recycle: FIELDS,
  'recycle.tasks': TIME_LIMIT,
  'recycle.heapMb': TIME_LIMIT,
  maxQueue: COUNT_LIMIT,
  isolation: WHOLE,
  execPath: TEXT,
  cells: WHOLE,
  nodes: FIELDS,
  'nodes.url': WHOLE,
  'nodes.name': TEXT,
  'nodes.version': TEXT,
  'nodes.silence': WHOLE,
  'nodes.brokerTimeout': WHOLE,
  'nodes.maxPayload': WHOLE,
  'nodes.spread': WHOLE,
  metrics: ['false', 'object'],
  'metrics.register': ['object', 'unknownName'], // Looked at when the metrics are made; see test/metrics.
  'metrics.prefix': TEXT,
  'metrics.labels': ['object', 'unknownName'],
  'metrics.buckets': ['numbers'],
  'metrics.histograms': WHOLE,
  faults: WHOLE,
  tracing: WHOLE,
  resourceLimits: FIELDS,
  'resourceLimits.maxOldGenerationSizeMb': WHOLE,
  'resourceLimits.maxYoungGenerationSizeMb': WHOLE,
  'resourceLimits.codeRangeSizeMb': WHOLE,
  'resourceLimits.stackSizeMb': ['fraction'],
  workerData: Object.keys(VALUES).filter((value) => value !== 'function' && value !== 'symbol') as Value[],
  env: FIELDS,
  argv: LIST,
  execArgv: LIST,
};
const MAP: Record<string, readonly Value[]> = { ordered: YES_OR_NO, window: WHOLE };

/** The options of a shape and the fields of those that are objects: their names are learned from what it says of an unknown one. */
function known(shape: object): string[] {
  return Object.entries(shape as Record<string, Check<unknown>>).flatMap(([option, check]) => {
    const said = refusal(() => check({ unknownName: 1 }, option));
    const fields = /: Expected a known option \((.*)\)\. Got/.exec(said?.message ?? '')?.[1]?.split(', ') ?? [];
    return [option, ...fields.map((field) => `${option}.${field}`)];
  });
}

function refusal(act: () => unknown): Error | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function assertHonest(error: unknown, option: string, what: string): void {
  assert.ok(error instanceof TypeError || error instanceof RangeError, what);
  assert.equal((error as { code?: string }).code, 'ERR_INVALID_OPTION', what);
  assert.ok(error.message.startsWith(option), `${what}: ${error.message}`);
  assert.match(error.message, /: Expected .+\. Got .+/s, what);
}

/** `{ 'retry.factor': 2 }` as an object of options; redundancy is nothing without its copies. */
function optionsWith(option: string, value: unknown): object {
  const [name, field] = option.split('.') as [string, string | undefined];
  if (field === undefined) return { [name]: value };
  return { [name]: { ...(name === 'redundancy' ? { replicas: 3 } : {}), [field]: value } };
}

/** Each option with each value: it is taken, or refused at once with an error that says what was expected. */
function table(title: string, shape: object, takes: Record<string, readonly Value[]>, attempt: (options: object) => unknown): void {
  describe(title, () => {
    it('are all in the table, and no others', () => assert.deepEqual(known(shape).sort(), Object.keys(takes).sort()));
    for (const [option, good] of Object.entries(takes)) {
      it(option, async () => {
        for (const [value, given] of Object.entries(VALUES) as [Value, unknown][]) {
          if (option === 'redundancy.equal' && ['function', 'object'].includes(value)) continue;
          if (option === 'redundancy.resolve' && value === 'function') continue;
          if (option === 'env' && value === 'unknownName') continue; // Refused for its value, which is no text.
          const options = optionsWith(option, given);
          if (good.includes(value)) {
            const [name] = option.split('.') as [string];
            const check = (shape as Record<string, Check<unknown>>)[name]!;
            assert.equal(
              refusal(() => check((options as Record<string, unknown>)[name], name)),
              undefined,
              value,
            );
          } else {
            const outcome = await Promise.resolve()
              .then(() => attempt(options))
              .then(
                () => undefined,
                (error: unknown) => error,
              );
            assertHonest(outcome, option, `${option}: ${value}`);
          }
        }
      });
    }
  });
}

table('bad options of a pool', POOL_OPTIONS, { ...RUN, ...ONLY_POOL }, (options) => new Pool({ filename, ...options }));

describe('bad options of a call', () => {
  const pool = new Pool({ filename, threads: 1, spares: 0 });
  table('run', runShape(resolveOptions({ filename })), { ...RUN, ...ONLY_RUN }, (options) => pool.run(1, options));
  table('map', MAP_SHAPE, MAP, (options) => pool.map([1], options).next());
  it('nothing of it was accepted, and the thread serves', async () => {
    assert.equal(pool.stats().accepted, 0);
    assert.equal(await pool.run(7), 7);
    await pool.close();
  });
  it('unknown names, and what is no object at all', async () => {
    for (const bad of [null, 7, 'text', [], () => {}] as never[]) {
      assertHonest(
        refusal(() => new Pool(bad)),
        'options',
        'new Pool',
      );
      const error = await new Pool({ filename, threads: 1 }).run(1, bad).catch((thrown: unknown) => thrown);
      assertHonest(error, 'options', 'run');
      const mapped = await pool
        .map([1], bad)
        .next()
        .catch((thrown: unknown) => thrown);
      assertHonest(mapped, 'options', 'map');
    }
    assertHonest(
      refusal(() => new Pool({ filename, thread: 1 } as never)),
      'thread',
      'new Pool',
    );
    const error = await new Pool({ threads: 1, spares: 0 }).run(1).catch((thrown: unknown) => thrown);
    assertHonest(error, 'filename', 'run');
  });
});
