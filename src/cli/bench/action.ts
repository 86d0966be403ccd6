import { availableParallelism } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/time/system-clock.ts';
import { faultPlan } from '../../faults/index.ts';
import type { PoolOptions } from '../../index.ts';
import { EXIT } from '../exit-codes.ts';
import { shown } from '../run/words.ts';
import type { Row } from './findings.ts';
import { readSample, SampleError } from './sample.ts';
import { latencyAt, runTrial, type Trial } from './trial.ts';
import { findingsJson, findingsText } from './words.ts';

/** The options of `holdfast bench`, as the parser gives them. */
export interface BenchOptions {
  readonly task: string;
  readonly input: string;
  readonly name?: string;
  readonly threads?: readonly number[];
  readonly spares: readonly number[];
  readonly crashes: number;
  readonly time: number;
  readonly timeout?: number;
  readonly retry?: number;
  readonly seed: number;
  readonly json?: true;
}

const SPARES_WITHOUT_FAULTS = 0;

/** One thread, half of the cores, all of them. */
const usualThreads = (cores: number): number[] => [...new Set([1, Math.ceil(cores / 2), cores])];

/** Says what goes on, and ends the program's line of thought when nothing can be measured. */
interface Voice {
  say(text: string): void;
  print(text: string): void;
}

const voice: Voice = {
  say: (text) => void process.stderr.write(`${shown(text)}\n`),
  print: (text) => void process.stdout.write(`${shown(text)}\n`),
};

/** Tries the settings one after the other. Resolves with the exit code. */
export async function act(options: BenchOptions, clock: Clock = systemClock, { say, print }: Voice = voice): Promise<number> {
  try {
    const sample = readSample(options.input);
    const fixed: Omit<PoolOptions, 'threads' | 'spares'> = {
      filename: options.task,
      ...(options.name !== undefined && { name: options.name }),
      ...(options.timeout !== undefined && { timeout: options.timeout }),
      ...(options.retry !== undefined && { retry: options.retry }),
    };
    const one = { options: { ...fixed, threads: 1, spares: 0 }, sample, forMs: options.time, inFlight: 1 };
    const alone = await runTrial(one, clock);
    if (alone.fulfilled === 0) throw new SampleError(`The task did not succeed once: ${text(alone.firstError)}.`);
    if (alone.rejected > 0) say(`${alone.rejected} tasks failed without any injected fault, the first with: ${text(alone.firstError)}`);
    const rows = await rowsOf(options, { fixed, sample, clock, say });
    const findings = {
      task: options.task,
      inputs: sample.length,
      crashRate: options.crashes,
      alone: { p50: latencyAt(alone, 0.5), slowest: latencyAt(alone, 1) },
      rows,
    };
    print(options.json ? findingsJson(findings) : findingsText(findings));
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof SampleError) && !isOurs(error)) throw error;
    say(`holdfast: ${text(error)}`);
    return EXIT.usage;
  }
}

interface Ground {
  readonly fixed: Omit<PoolOptions, 'threads' | 'spares'>;
  readonly sample: readonly unknown[];
  readonly clock: Clock;
  say(text: string): void;
}

async function rowsOf(options: BenchOptions, { fixed, sample, clock, say }: Ground): Promise<Row[]> {
  const rows: Row[] = [];
  for (const threads of options.threads ?? usualThreads(availableParallelism())) {
    const base = { sample, forMs: options.time, inFlight: Math.max(16, 8 * threads) };
    say(`threads ${threads}: without faults`);
    const clean = await runTrial({ ...base, options: { ...fixed, threads, spares: SPARES_WITHOUT_FAULTS } }, clock);
    for (const spares of options.spares) {
      say(`threads ${threads}, spares ${spares}: with crashes`);
      const faults = faultPlan({ seed: options.seed, crash: options.crashes });
      rows.push(rowOf(threads, spares, clean, await runTrial({ ...base, faults, options: { ...fixed, threads, spares } }, clock)));
    }
  }
  return rows;
}

const rowOf = (threads: number, spares: number, clean: Trial, crashing: Trial): Row => ({
  threads,
  spares,
  clean: clean.perSecond,
  crashing: crashing.perSecond,
  failed: crashing.rejected,
  sent: crashing.fulfilled + crashing.rejected,
  p99: latencyAt(crashing, 0.99),
});

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
/** An error with a code of ours tells the user what to do; anything else is a bug and keeps its stack. */
const isOurs = (error: unknown): boolean => error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_');
