import { InvalidOptionError } from '../core/errors.ts';
import { guarded } from '../core/events.ts';
import { isThenable } from '../core/foreign/promises.ts';

type Result = IteratorResult<unknown>;

/** Where the items of a map come from. */
export interface Source {
  /** The next item, at once or when it is there. Throws or rejects with what the source throws. */
  next(): Result | Promise<Result>;
  /**
   * Ends the source, because no more items are wanted. Its answer is not awaited: an async generator, for one, answers only when the pull that is under
   * way has ended, and that may be never. Throws only what a synchronous source throws while it cleans up.
   */
  leave(): void;
}

/** As `for await` does: what a synchronous source gives is awaited, and if that rejects, the source is left. */
class SyncSource implements Source {
  readonly #iterator: Iterator<unknown>;

  constructor(iterator: Iterator<unknown>) {
    this.#iterator = iterator;
  }

  next(): Result | Promise<Result> {
    const result = this.#iterator.next();
    if (!isResult(result) || result.done === true || !isThenable(result.value)) return result;
    return Promise.resolve(result.value).then(
      (value) => ({ done: false, value }),
      (error) => {
        guarded(() => this.leave());
        throw error;
      },
    );
  }

  leave(): void {
    this.#iterator.return?.();
  }
}

class AsyncSource implements Source {
  readonly #iterator: AsyncIterator<unknown>;
  readonly #stream: { destroy?: unknown; pipe?: unknown };

  constructor(iterator: AsyncIterator<unknown>, iterable: object) {
    this.#iterator = iterator;
    this.#stream = iterable;
  }

  next(): Result | Promise<Result> {
    return this.#iterator.next();
  }

  leave(): void {
    guarded(() => this.#iterator.return?.());
    // The iterator of a stalled stream hears of it only when the stream gives something.
    const { destroy, pipe } = this.#stream;
    if (typeof destroy === 'function' && typeof pipe === 'function') guarded(() => destroy.call(this.#stream));
  }
}

/** A web stream. Its own iterator, too, would hear only after the pull that is under way. */
class WebStreamSource implements Source {
  readonly #reader: ReadableStreamDefaultReader<unknown>;

  constructor(stream: ReadableStream<unknown>) {
    this.#reader = stream.getReader();
  }

  async next(): Promise<Result> {
    const result = await this.#reader.read();
    if (result.done) this.#reader.releaseLock();
    return result as Result;
  }

  leave(): void {
    guarded(() => this.#reader.cancel());
  }
}

function isResult(result: unknown): result is Result {
  return typeof result === 'object' && result !== null;
}

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION` if it is not iterable; and what it throws when it is asked for its iterator */
export function sourceOf(iterable: Iterable<unknown> | AsyncIterable<unknown>): Source {
  const any = iterable as
    | (Partial<Iterable<unknown>> & Partial<AsyncIterable<unknown>> & Partial<Pick<ReadableStream<unknown>, 'getReader'>>)
    | null
    | undefined;
  if (typeof any?.getReader === 'function' && typeof any[Symbol.asyncIterator] === 'function')
    return new WebStreamSource(any as ReadableStream<unknown>);
  if (typeof any?.[Symbol.asyncIterator] === 'function') return new AsyncSource(any[Symbol.asyncIterator]!(), any);
  if (typeof any?.[Symbol.iterator] === 'function') return new SyncSource(any[Symbol.iterator]!());
  throw new InvalidOptionError(`source: Expected an iterable or async iterable. Got ${any === null ? 'null' : typeof any}.`);
}
