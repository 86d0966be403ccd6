import { type LineOutcome, notOneEach, type TimedOutcome } from '../../core/wire/plain-json.ts';
import type { BatchPool, Settlement } from '../batch-pool.ts';
import { BatchError, saidBy } from '../errors.ts';
import type { OpenLine } from '../lines/open-line.ts';
import { linesOf, type OpenCall } from '../lines/open-lines.ts';
import { type BadLineError, parseText } from '../lines/parse-line.ts';
import type { FirstFailure } from '../progress.ts';
import { InOrder, type Waiting } from './in-order.ts';
import type { JobLog, Receipt } from './job-log.ts';
import type { Journal } from './journal.ts';
import { deadLetter, plainRecord, resultRecord, shortError, textRecord, ValueNotJsonError } from './record.ts';

export interface RecorderOptions {
  readonly journal: Journal;
  /** The first index of this run, if records are to stand in order; undefined: as they come. */
  readonly from: number | undefined;
  readonly attemptsOf: BatchPool['attemptsOf'];
  readonly take: (number: number) => OpenCall;
  /** Takes back the lines of a call that failed. */
  readonly again: (lines: readonly OpenLine[]) => void;
  readonly log: JobLog | undefined;
  /** What the pool gives for a line. */
  readonly gets: BatchPool['form'];
}

/** Failures of the pool as a whole: the task did not fail, it was not run. */
const NOT_THE_TASK = new Set(['ERR_POOL_FAILED', 'ERR_POOL_CLOSED']);
const KIND_OF_CODE: Record<string, string> = {
  ERR_TASK_TIMEOUT: 'timeout',
  ERR_WORKER_CRASHED: 'crash',
  ERR_WORKER_OUT_OF_MEMORY: 'oom',
  ERR_TASK_NOT_CLONEABLE: 'clone',
  ERR_NO_QUORUM: 'conflict',
  ERR_TASK_ABORTED: 'aborted',
  ERR_TASK_QUARANTINED: 'quarantined',
  ERR_QUEUE_FULL: 'rejected',
};

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** Turns settlements and bad lines into records, one for every line, and counts them. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #order: InOrder | undefined;
  #done = 0;
  #failed = 0;
  readonly #kinds: Record<string, number> = {};
  #first: FirstFailure | undefined;
  /** The call that is being recorded. */
  #receipt: Receipt | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { from } = options;
    this.#order = from === undefined ? undefined : new InOrder(from, (index, waiting) => this.#write(index, waiting));
  }

  /** Results given to the journal. */
  get done(): number {
    return this.#done;
  }

  /** Dead letters given to the journal. */
  get failed(): number {
    return this.#failed;
  }

  /** Dead letters by kind. */
  get kinds(): Readonly<Record<string, number>> {
    return { ...this.#kinds };
  }

  get firstFailure(): FirstFailure | undefined {
    return this.#first;
  }

  /** Characters of records that wait for their turn. */
  get waiting(): number {
    return this.#order?.weight ?? 0;
  }

  /** Records one settlement. Throws `ERR_BATCH_POOL` if the pool has failed: then the line has no record, and is run on resume. */
  settle(settlement: Settlement): void {
    if (settlement.status === 'rejected' && NOT_THE_TASK.has(codeOf(settlement.reason))) throw poolError(settlement.reason);
    const call = this.#options.take(settlement.index);
    if (settlement.status === 'fulfilled') this.#returned(call, settlement.value);
    else if (Array.isArray(call) && call.length > 1) this.#options.again(call);
    else this.#letter(linesOf(call)[0]!, this.#kindOf(settlement.reason), settlement.reason);
  }

  bad(line: OpenLine, error: BadLineError): void {
    this.#letter(line, 'input', error);
  }

  #returned(call: OpenCall, value: unknown): void {
    const { again, log } = this.#options;
    let outcome = value;
    if (log !== undefined) {
      const [inner, startedAt, ms, attempt] = value as TimedOutcome;
      outcome = inner;
      this.#receipt = { startedAt, ms, attempt };
    }
    if (!Array.isArray(call)) this.#one(call as OpenLine, outcome);
    else if (Array.isArray(outcome) && outcome.length === call.length) for (const [i, line] of call.entries()) this.#one(line, outcome[i]);
    else if (call.length > 1) again(call);
    else this.#letter(call[0]!, 'error', notOneEach(1, outcome));
    this.#receipt = undefined;
  }

  #one(line: OpenLine, outcome: unknown): void {
    if (this.#options.gets === 'lines') this.#outcome(line, outcome as LineOutcome);
    else this.#result(line, outcome);
  }

  #outcome(line: OpenLine, outcome: LineOutcome): void {
    if (typeof outcome === 'string')
      this.#put(line, line.origin === undefined ? outcome : { to: 'results', text: textRecord(line, outcome) }, 'ok', this.#receipt);
    else if (outcome === null) this.bad(line, parseText(line) as BadLineError);
    else this.#result(line, outcome?.value);
  }

  #result(line: OpenLine, value: unknown): void {
    let record: string;
    try {
      record = resultRecord(line, value);
    } catch (error) {
      if (!(error instanceof ValueNotJsonError)) throw error;
      this.#letter(line, 'output', error);
      return;
    }
    this.#put(line, { to: 'results', text: record }, 'ok', this.#receipt);
  }

  #letter(line: OpenLine, kind: string, error: unknown): void {
    this.#first ??= {
      index: line.index,
      line: line.line,
      ...(line.file !== undefined && { file: line.file }),
      kind,
      error: shortError(error),
    };
    const attempts = this.#options.attemptsOf(error);
    this.#put(
      line,
      { to: 'failed', text: deadLetter(line, kind, error, attempts), kind },
      kind,
      attempts.at(-1) ?? (kind === 'input' ? undefined : this.#receipt),
    );
  }

  #put(line: OpenLine, record: Waiting, outcome: string, receipt: Receipt | undefined): void {
    this.#options.log?.add(line, outcome, receipt);
    if (this.#order === undefined) this.#write(line.index, record);
    else this.#order.put(line.index, record);
  }

  #write(index: number, record: Waiting): void {
    const { journal } = this.#options;
    if (typeof record !== 'string' && record.to === 'failed') {
      journal.fail(record.text);
      this.#failed++;
      this.#kinds[record.kind] = (this.#kinds[record.kind] ?? 0) + 1;
    } else {
      journal.result(typeof record === 'string' ? plainRecord(index, record) : record.text);
      this.#done++;
    }
  }

  #kindOf(reason: unknown): string {
    return this.#options.attemptsOf(reason).at(-1)?.kind ?? KIND_OF_CODE[codeOf(reason)] ?? 'error';
  }
}

function poolError(cause: unknown): BatchError {
  return new BatchError('ERR_BATCH_POOL', `The pool has given up: ${saidBy(cause)}. Mend the task module, then resume.`, {
    phase: 'during',
    cause,
  });
}
