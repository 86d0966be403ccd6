import fc from 'fast-check';
import { toBytes } from '../../src/core/wire/bytes.ts';
import { isFromThread } from '../../src/core/wire/wire-check.ts';
import { isFromCell } from '../../src/executors/processes/protocol-check.ts';
import type { RunOptions } from '../../src/options/types.ts';
import { mayBeFromCell, mayBeFromThread } from './contract.ts';
import { Forged, fromCell, fromThread, junk, record } from './messages.ts';
import { TWISTS } from './puppet.ts';
import { checkRevived } from './revived.ts';
import { makeCellThread, makeThread } from './threads.ts';
import { type Letter, type Step, Trial } from './trial.ts';

export type Kind = 'thread' | 'cell';

/** Different messages of one run of the fuzzer; they are sent in another order, to other states, in each trial. */
const LETTERS = 5_000;

const at = fc.nat({ max: 5 });
const options: fc.Arbitrary<RunOptions> = fc.constantFrom<RunOptions>(
  {},
  {},
  { retry: false },
  { idempotent: false },
  { redundancy: 3 },
  { redundancy: { replicas: 2, quorum: 2 } },
  { hedge: { after: 5 } },
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 16 }),
  fc.array(fc.constantFrom<unknown>({ ...new Forged() }, new Uint8Array([1, 2])), { maxLength: 4 }).map((values) => toBytes(values)),
  fc.constantFrom<unknown>(undefined, null, 7, 'text', { length: 1 }, new Map(), new Uint8Array(2)).map((value) => toBytes(value)),
);

function lettersFor(kind: Kind, seed: number): Letter[] {
  const message: fc.Arbitrary<unknown> =
    kind === 'thread'
      ? fromThread
      : fc.oneof(
          { weight: 40, arbitrary: fromCell.map((one) => ({ thread: 0, ...one })) as fc.Arbitrary<unknown> },
          { weight: 1, arbitrary: junk },
        );
  return fc.sample(fc.record({ message, body }), { seed, numRuns: LETTERS });
}

/** @param most messages that a stranger sends between two steps of others */
const stepsWith = (most: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('submit' as const), options, count: fc.integer({ min: 1, max: 5 }) }) },
      {
        weight: 8,
        arbitrary: fc.record({ do: fc.constantFrom('ready' as const, 'work' as const, 'run' as const, 'report' as const), at }),
      },
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('hostile' as const),
          at,
          first: fc.nat({ max: LETTERS - 1 }),
          count: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: most })),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('twist' as const),
          at,
          twist: fc.constantFrom(...TWISTS),
          value: fc.constantFrom<unknown>(new Forged(), null),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('unreadable' as const, 'exit' as const, 'trip' as const), at }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: 30 }) }) },
    ),
    { minLength: 5, maxLength: 80, size: 'max' },
  );

export interface Fuzzed {
  readonly messages: number;
  /** Tasks that were fulfilled all the same. */
  readonly fulfilled: number;
}

/** Looks at records and messages by themselves: whatever passes must be what the protocol allows. @throws on the first that must not pass, with its seed */
export function look(seed: number, runs: number): void {
  const property = fc.property(record, fromThread, fromCell, fc.oneof(fc.nat({ max: 3 }), junk), (one, message, frame, thread) => {
    checkRevived(one);
    const sent = { thread, ...frame };
    if (isFromThread(message) && !mayBeFromThread(message)) throw new Error('What a thread may not say has passed.');
    if (isFromCell(sent) && !mayBeFromCell(sent)) throw new Error('What a cell may not say has passed.');
  });
  fc.assert(property, { seed, numRuns: runs });
}

/** Plays trials in which strangers speak for some of the threads. @throws on the first that does harm, with its seed */
export async function fuzz(kind: Kind, seed: number, trials: number, most = 300): Promise<Fuzzed> {
  const letters = lettersFor(kind, seed);
  const sum = { messages: 0, fulfilled: 0 };
  const property = fc.asyncProperty(stepsWith(most), async (steps) => {
    const trial = new Trial(kind === 'thread' ? makeThread : makeCellThread, letters);
    await trial.play(steps);
    sum.messages += trial.messages;
    sum.fulfilled += trial.fulfilled;
  });
  await fc.assert(property, { seed, numRuns: trials });
  return sum;
}
