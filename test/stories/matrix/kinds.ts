import { attemptsOf, type PoolOptions, type RunOptions } from '../../../src/index.ts';
import type { Misdeeds } from '../stage.ts';

/** One way for a task to go wrong, and what its caller must get for it. */
export interface Kind {
  readonly fault: string;
  readonly name: Extract<keyof Misdeeds, string>;
  readonly input?: () => unknown;
  readonly run?: RunOptions;
  readonly pool?: Partial<PoolOptions>;
  /** What the caller gets, as the table says it. */
  readonly outcome: string;
  /** Kinds of the failed attempts, oldest first. */
  readonly attempts: readonly string[];
  /** Events that must come once for each such task. */
  readonly event?: 'lateError';
}

const QUICK = { timeout: 50 };
const CRASHES = ['crash', 'crash'];
const TIME_OUTS = ['timeout', 'timeout'];
const hostileArgument = (): unknown => ({
  get value(): never {
    throw new Error('in a getter');
  },
});

export const KINDS: readonly Kind[] = [
  { fault: 'throws an error', name: 'throwError', outcome: 'CustomError E_CUSTOM', attempts: ['error'] },
  { fault: 'rejects', name: 'rejectLater', outcome: 'CustomError E_CUSTOM', attempts: ['error'] },
  { fault: 'throws `null`', name: 'throwNull', outcome: 'null', attempts: [] },
  { fault: 'throws a function', name: 'throwFunction', outcome: 'ERR_TASK_NOT_CLONEABLE error', attempts: ['clone'] },
  { fault: 'throws a proxy that fights back', name: 'throwProxy', outcome: 'Error', attempts: ['error'] },
  { fault: 'overflows the stack', name: 'overflowStack', outcome: 'RangeError', attempts: ['error'] },
  { fault: 'throws out of a timer', name: 'crash', outcome: 'ERR_WORKER_CRASHED', attempts: CRASHES },
  { fault: 'leaves a rejection unhandled', name: 'leaveRejection', outcome: 'ERR_WORKER_CRASHED', attempts: CRASHES },
  { fault: 'calls `process.exit()`', name: 'exitNow', outcome: 'ERR_WORKER_CRASHED', attempts: CRASHES },
  { fault: 'calls it later', name: 'exitLater', outcome: 'ERR_WORKER_CRASHED', attempts: CRASHES },
  { fault: 'calls it from code that no task started', name: 'exitFromOutsideLater', outcome: 'ERR_WORKER_CRASHED', attempts: CRASHES },
  {
    fault: 'exhausts the heap',
    name: 'exhaustMemory',
    pool: { resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 } },
    outcome: 'ERR_WORKER_OUT_OF_MEMORY',
    attempts: ['oom', 'oom'],
  },
  { fault: 'loops forever', name: 'spin', run: QUICK, outcome: 'ERR_TASK_TIMEOUT run', attempts: TIME_OUTS },
  { fault: 'never settles', name: 'neverSettle', run: QUICK, outcome: 'ERR_TASK_TIMEOUT run', attempts: TIME_OUTS },
  {
    fault: 'blocks in a native call',
    name: 'blockNatively',
    input: () => 400,
    run: { ...QUICK, retry: false },
    pool: { terminateTimeout: 200 },
    outcome: 'ERR_TASK_TIMEOUT run',
    attempts: ['timeout'],
  },
  { fault: 'returns what cannot be cloned', name: 'returnFunction', outcome: 'ERR_TASK_NOT_CLONEABLE result', attempts: ['clone'] },
  { fault: 'returns a getter that throws', name: 'returnTrap', outcome: 'ERR_TASK_NOT_CLONEABLE result', attempts: ['clone'] },
  {
    fault: 'returns a getter that never ends',
    name: 'returnEndlessGetter',
    run: { ...QUICK, retry: false },
    pool: { terminateTimeout: 200 },
    outcome: 'ERR_TASK_TIMEOUT run',
    attempts: ['timeout'],
  },
  {
    fault: 'is given what cannot be cloned',
    name: 'default',
    input: () => () => {},
    outcome: 'ERR_TASK_NOT_CLONEABLE argument',
    attempts: ['clone'],
  },
  {
    fault: 'is given a getter that throws',
    name: 'default',
    input: hostileArgument,
    outcome: 'ERR_TASK_NOT_CLONEABLE argument',
    attempts: ['clone'],
  },
  { fault: 'throws after it returned', name: 'throwAfterwards', input: () => 7, outcome: 'its value', attempts: [], event: 'lateError' },
  { fault: 'rejects after it returned', name: 'rejectAfterwards', input: () => 7, outcome: 'its value', attempts: [], event: 'lateError' },
  { fault: 'exits after it returned', name: 'exitAfterwards', input: () => 7, outcome: 'its value', attempts: [], event: 'lateError' },
  {
    fault: 'loops forever after it returned',
    name: 'spinAfterwards',
    input: () => 7,
    // A neighbour that waits for something while the loop begins has its own time-out to thank for its thread.
    pool: { terminateTimeout: 200, timeout: 500, retry: 5 },
    outcome: 'its value',
    attempts: [],
  },
  { fault: 'sends garbage on every port it can reach', name: 'sendGarbage', outcome: 'its value', attempts: [] },
];

/** An outcome in the words of the table. */
export function inWords(outcome: PromiseSettledResult<unknown>): string {
  if (outcome.status === 'fulfilled') return 'its value';
  const error = outcome.reason as null | { name: string; code?: string; phase?: string; direction?: string };
  if (error === null) return 'null';
  const named = error.code === undefined ? error.name : error.code.startsWith('ERR_') ? error.code : `${error.name} ${error.code}`;
  return [named, error.phase ?? error.direction].filter((part) => part !== undefined).join(' ');
}

export function attemptsInWords(outcome: PromiseSettledResult<unknown>): string[] {
  return outcome.status === 'fulfilled' ? [] : attemptsOf(outcome.reason).map(({ kind }) => kind);
}
