import { statSync } from 'node:fs';
import { descriptorAt, type HaltRule } from '../../batch/index.ts';
import { systemClock } from '../../core/time/system-clock.ts';
import { displayFor } from './display/display.ts';
import { DurableFront } from './durable/durable-front.ts';
import { inFlags } from './flags.ts';
import type { RunRequest } from './messages.ts';
import { exitCode, type Outcome, type StopSignal, summaryJson, summaryText } from './outcome.ts';
import { resumeCommand } from './resume-command.ts';
import { Front } from './run-supervisor.ts';
import { shown } from './words.ts';

/** The options of `holdfast run`, as the parser gives them. */
export interface RunOptions {
  readonly out: string;
  readonly failed?: string;
  readonly resume?: true;
  readonly lines?: true;
  readonly null?: true;
  readonly csv?: true;
  readonly skip?: number;
  readonly limit?: number;
  readonly sample?: number;
  readonly retryFailed?: true;
  readonly overwrite?: true;
  readonly ordered?: true;
  readonly joblog?: string;
  readonly dryRun?: true;
  readonly batch?: number;
  readonly deadLetters?: true;
  readonly name?: string;
  readonly threads?: number;
  readonly timeout?: number;
  readonly retry?: number;
  readonly retryOn?: readonly string[];
  readonly redundancy?: number;
  readonly isolation?: string;
  readonly nodes?: string | true;
  readonly group?: string;
  readonly durable?: true;
  readonly sync?: number | 'always' | 'never';
  readonly maxLine?: number;
  readonly exactNumbers?: true;
  readonly halt?: HaltRule;
  readonly heap?: number;
  readonly recycle?: number;
  readonly hedge?: true;
  readonly quarantine?: string;
  readonly allowChangedTask?: true;
  readonly observe?: { readonly host: string; readonly port: number };
  /** The old name of `observe`. */
  readonly metricsPort?: { readonly host: string; readonly port: number };
  readonly report?: string;
  readonly quiet?: true;
  readonly json?: true;
}

function requestOf(filename: string, input: readonly string[], options: RunOptions, argv: readonly string[]): RunRequest {
  const {
    quiet: _,
    json: __,
    observe,
    metricsPort,
    report,
    retry,
    retryOn,
    heap,
    recycle,
    hedge,
    quarantine,
    nodes,
    group,
    durable: ___,
    lines,
    null: nul,
    csv,
    ...job
  } = options;
  const format = csv ? 'csv' : nul ? 'nul' : lines ? 'lines' : undefined;
  const rules = retryOn === undefined ? retry : { on: retryOn, ...(retry !== undefined && { retries: retry }) };
  const paths = [...input, options.out, ...(options.failed === undefined ? [] : [options.failed])];
  const numbers = paths.map(descriptorAt).filter((number) => number !== undefined && number > 2);
  return {
    job: {
      ...job,
      filename,
      input: input.map((path) => (descriptorAt(path) === 0 ? '-' : path)),
      out: descriptorAt(options.out) === 1 ? '-' : options.out,
      ...(rules !== undefined && { retry: rules }),
      ...(format !== undefined && { format }),
      ...(argv.length > 0 && { argv: [...argv] }),
      ...(heap !== undefined && { resourceLimits: { maxOldGenerationSizeMb: heap } }),
      ...(recycle !== undefined && { recycle: { tasks: recycle } }),
      ...(hedge && { hedge: {} }),
      ...(nodes !== undefined && { nodes: { ...(nodes !== true && { url: nodes }), ...(group !== undefined && { name: group }) } }),
    },
    descriptors: [...new Set(numbers as number[])],
    quarantine,
    observe: observe ? { ...observe, pageNeeded: true } : metricsPort && { ...metricsPort, pageNeeded: false },
    report,
  };
}

/** Whether `--resume` can take it up from here: what went into a pipe or a device is gone. */
function resumable(outcome: Outcome, options: RunOptions): boolean {
  // The same call would find the same.
  if (outcome.how === 'failed' && outcome.code === 'ERR_BATCH_INPUT_CHANGED') return false;
  if (options.out === '-' || descriptorAt(options.out) !== undefined || statSync(options.out, { throwIfNoEntry: false })?.isFile() !== true)
    return false;
  return (
    outcome.how === 'killed' ||
    outcome.how === 'left' ||
    outcome.how === 'drained' ||
    (outcome.how === 'failed' && outcome.phase === 'during')
  );
}

function tell(outcome: Outcome, options: RunOptions, input: readonly string[]): void {
  const call = { argv: process.argv.slice(2), script: process.argv[1]!, env: process.env };
  const resume = resumable(outcome, options) ? resumeCommand(call) : undefined;
  const say = (text: string) => void process.stderr.write(`${shown(text)}\n`);
  if (outcome.how === 'failed') {
    say(`holdfast: ${inFlags(outcome.message)}`);
    for (const cause of outcome.causes) say(`  caused by: ${cause}`);
  } else if ('summary' in outcome && options.quiet === undefined) say(summaryText(outcome.summary));
  if (resume !== undefined) {
    const piped = input.some((path) => path === '-' || descriptorAt(path) === 0);
    if (outcome.how === 'left') say('The job goes on without this command. To follow it:');
    else say(piped ? 'To go on, give it the same standard input again:' : 'To go on:');
    say(`  ${resume}`);
  }
  // If the results go to standard output, nothing else may.
  if (options.json)
    (options.out === '-' || descriptorAt(options.out) === 1 ? process.stderr : process.stdout).write(`${summaryJson(outcome, resume)}\n`);
}

/** Runs the job, with what a person sees and presses. Resolves with the exit code. */
export async function act(filename: string, input: readonly string[], options: RunOptions, argv: readonly string[] = []): Promise<number> {
  // The reader of our messages may leave; that must not end the job.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  if (typeof options.nodes === 'string') process.title = 'holdfast run'; // A password in the arguments is then in no list of processes.
  const display = displayFor(process.stderr, options.quiet === true);
  const settings = { request: requestOf(filename, input, options, argv), display, clock: systemClock };
  const front = options.durable ? new DurableFront(settings) : new Front(settings);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] satisfies StopSignal[]) process.on(signal, () => front.stop(signal));
  const outcome = await front.run();
  tell(outcome, options, input);
  return exitCode(outcome);
}
