import { crc32 } from 'node:zlib';
import { messageOf } from '../../core/foreign/message.ts';
import { BatchError, systemCode } from '../errors.ts';
import type { Disk, DiskFile } from '../machine/disk.ts';
import { type InputFormat, shapeOf } from './format.ts';
import { gunzip } from './gunzip.ts';
import { type InputLine, LineSplitter } from './line-splitter.ts';

/** How far the input was read, and what it was: a resumed job reads it again and must come to the same checksum. */
export interface Position {
  /** Number of the input, from 0. */
  readonly file: number;
  /** Bytes of that input, as they lie on the disk (packed, if it is packed). */
  readonly bytes: number;
  /** CRC-32 over all inputs up to here. */
  readonly crc: number;
  /** `open`: the last input ended in a line without a line feed, which was taken as whole and must not grow. */
  readonly tail: 'closed' | 'open';
}

/** One input of a job. */
export interface InputFile {
  /** `-` is standard input. */
  readonly path: string;
  /** Bytes that an earlier run has read of it up to its end; null: its end is wherever it is when it is reached. */
  readonly bytes: number | null;
}

export interface InputOptions {
  readonly disk: Disk;
  readonly files: readonly InputFile[];
  readonly stdin: () => AsyncIterable<Buffer>;
  /** Bytes; longer lines are cut. */
  readonly maxLine: number;
  readonly format: InputFormat;
  /** Where an earlier run had got to. What is read up to there must be what that run has read. */
  readonly expected: Position | undefined;
}

/** Small enough for the lines of a chunk to be dead before the collector of young objects would have to move them. */
const CHUNK = 65_536;

/** An input is not what the job has begun with; `what` says in which way. */
export function inputChanged(path: string, what: string, phase: 'before' | 'during'): BatchError {
  const name = path === '-' ? 'Standard input' : path;
  const advice = 'Give it the same input again, or write to another output.';
  return new BatchError('ERR_BATCH_INPUT_CHANGED', `${name} is not the input that this job has begun with: ${what}. ${advice}`, { phase });
}

/** The reader was stopped; the input is not at fault. */
export class InputStopped extends Error {}

/** Reads the inputs one after another, and knows by a running checksum whether they are what an earlier run has read. */
export class Input {
  readonly #options: InputOptions;
  /** Where each input ends, as soon as that is known and lines of the next one are numbered behind it. */
  readonly #ends: (number | null)[];
  readonly #leftOut: string[] = [];
  #position: Position = { file: 0, bytes: 0, crc: 0, tail: 'closed' };
  /** Bytes read of all inputs. */
  #read = 0;
  #check: 'pending' | 'done';
  #stopped = false;
  /** The pipe that is read now. */
  #pipe: DiskFile | undefined;
  #interrupt: ((error: Error) => void) | undefined;

  constructor(options: InputOptions) {
    this.#options = options;
    this.#ends = options.files.map(({ bytes }) => bytes);
    this.#check = options.expected === undefined ? 'done' : 'pending';
  }

  /** The inputs, and where those end that were read to their end. */
  get files(): InputFile[] {
    return this.#options.files.map(({ path }, file) => ({ path, bytes: this.#ends[file]! }));
  }

  /** Parts of the inputs that do not belong to the job, one sentence for each. */
  get leftOut(): readonly string[] {
    return this.#leftOut;
  }

  get position(): Position {
    return this.#position;
  }

  /** Bytes read so far of all inputs, as they lie on the disk. */
  get bytesRead(): number {
    return this.#read;
  }

  /** False while what was read may still turn out to be another input than the one expected. */
  get verified(): boolean {
    return this.#check === 'done';
  }

  /** The lines of one input, in bunches; `first` is the number of a bunch's first line, from 1. Rejects with `ERR_BATCH_INPUT` or `ERR_BATCH_INPUT_CHANGED`. */
  async *lines(file: number): AsyncGenerator<{ readonly first: number; readonly lines: InputLine[] }> {
    const { files, maxLine, format } = this.#options;
    const { path } = files[file]!;
    this.#position = { file, bytes: 0, crc: this.#position.crc, tail: 'closed' };
    this.#advance(path, Buffer.alloc(0));
    const splitter = new LineSplitter(maxLine, format === 'nul' ? 0 : undefined);
    const shape = shapeOf(format, maxLine);
    const shaped = (lines: InputLine[], first: number) => shape?.push(lines, first) ?? lines;
    const raw = this.#raw(file);
    for await (const chunk of path.endsWith('.gz') ? this.#unpacked(path, raw) : raw) {
      const first = splitter.given + 1;
      const lines = splitter.push(chunk);
      if (lines.length > 0) yield { first, lines: shaped(lines, first) };
    }
    if (splitter.pending > 0 && file === files.length - 1) this.#position = { ...this.#position, tail: 'open' };
    const last = splitter.end();
    if (last !== undefined) yield { first: splitter.given, lines: shaped([last], splitter.given) };
    const left = shape?.end() ?? [];
    if (left.length > 0) yield { first: splitter.given, lines: left };
  }

  async *#unpacked(path: string, raw: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    const onRest = (bytes: number) => {
      const advice = 'Everything before them is done; look whether they belong there.';
      this.#leftOut.push(`${path} ends with ${bytes} bytes behind its last gzip member, which are no gzip data. ${advice}`);
    };
    try {
      yield* gunzip(raw, onRest);
    } catch (cause) {
      throw cause instanceof InputStopped ? cause : inputError(path, cause);
    }
  }

  /** Ends reading at once, also while a pipe has nothing to say: `lines` rejects with `InputStopped`. */
  stop(): void {
    this.#stopped = true;
    // Only a pipe can keep a read waiting; who holds it open must not keep the process.
    if (this.#pipe !== undefined) void this.#pipe.close();
    this.#interrupt?.(new InputStopped());
  }

  async *#raw(file: number): AsyncGenerator<Buffer> {
    const { path } = this.#options.files[file]!;
    const end = this.#ends[file] ?? Number.POSITIVE_INFINITY;
    const source = (path === '-' ? this.#options.stdin() : this.#chunks(path))[Symbol.asyncIterator]();
    try {
      for (let next = source.next(); ; ) {
        const step = await this.#unlessStopped(next);
        if (step.done) break;
        // One ahead: while the lines of this chunk are done, the next one comes. An error there is thrown when its turn has come.
        next = source.next();
        next.catch(() => {});
        const chunk = step.value.subarray(0, end - this.#position.bytes);
        this.#advance(path, chunk);
        yield chunk;
        if (chunk.length < step.value.length) return this.#grown(path, end);
      }
    } finally {
      // Not awaited: behind a read that waits for a pipe it would wait as long.
      source.return?.().catch(() => {});
    }
    const { bytes } = this.#position;
    if (bytes < end && end !== Number.POSITIVE_INFINITY)
      throw inputChanged(path, `it had ${end} bytes, and has only ${bytes}`, this.#phase);
    this.#endOf(file);
  }

  #grown(path: string, end: number): void {
    const why = 'They are no part of it, because the lines of the next input are numbered behind. Run them as a job of their own.';
    this.#leftOut.push(`${path} holds more than the ${end} bytes that it had when this job read it to its end. ${why}`);
  }

  #unlessStopped<T>(step: Promise<T>): Promise<T> {
    if (this.#stopped) {
      step.catch(() => {});
      return Promise.reject(new InputStopped());
    }
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      step.then(resolve, reject);
    });
  }

  async *#chunks(path: string): AsyncGenerator<Buffer> {
    const { disk } = this.#options;
    const refuse = (cause: unknown) => Promise.reject(inputError(path, cause));
    const file = await disk.open(path, 'read').catch(refuse);
    try {
      // A pipe has no places; it is read from where it stands.
      const seekable = (await file.facts().catch(refuse)).kind === 'file';
      if (!seekable) this.#pipe = file;
      for (let at = 0; ; ) {
        const chunk = Buffer.allocUnsafeSlow(CHUNK);
        const length = await file.read(chunk, seekable ? at : null).catch(refuse);
        if (length === 0) return;
        at += length;
        yield chunk.subarray(0, length);
      }
    } finally {
      await file.close();
    }
  }

  #advance(path: string, chunk: Buffer): void {
    const { file, bytes, crc, tail } = this.#position;
    const end = bytes + chunk.length;
    const { expected } = this.#options;
    if (expected?.file === file) {
      const over = end - expected.bytes;
      if (expected.tail === 'open' && over > 0) {
        const what = `its last line had no line feed, was run as it stood at byte ${expected.bytes}, and has grown since`;
        throw inputChanged(path, what, this.#phase);
      }
      if (this.#check === 'pending' && over >= 0) {
        if (crc32(chunk.subarray(0, chunk.length - over), crc) !== expected.crc)
          throw inputChanged(path, 'its contents differ', this.#phase);
        this.#check = 'done';
      }
    }
    this.#position = { file, bytes: end, crc: crc32(chunk, crc), tail };
    this.#read += chunk.length;
  }

  #endOf(file: number): void {
    const { files, expected } = this.#options;
    const { bytes } = this.#position;
    if (this.#check === 'pending' && expected!.file === file) {
      throw inputChanged(files[file]!.path, `it had at least ${expected!.bytes} bytes, and has only ${bytes}`, this.#phase);
    }
    if (file < files.length - 1) this.#ends[file] = bytes;
  }

  /** Until the check is done, no task was started and nothing was written. */
  get #phase(): 'before' | 'during' {
    return this.#check === 'pending' ? 'before' : 'during';
  }
}

/** Says in plain words why an input cannot be read. */
export function inputError(path: string, cause: unknown, phase: 'before' | 'during' = 'during'): BatchError {
  if (cause instanceof BatchError) return cause;
  const reasons: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a directory', EACCES: 'permission denied' };
  const why = reasons[systemCode(cause) ?? ''] ?? messageOf(cause);
  return new BatchError('ERR_BATCH_INPUT', `${path} cannot be read: ${why}. Expected a file of JSON lines, or - for standard input.`, {
    phase,
    cause,
  });
}
