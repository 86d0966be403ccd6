import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Frame } from '../frames.ts';
import type { Recorder } from '../record/recorder.ts';
import { COMMON, plain, send } from './answer.ts';

/** Pages that are served at a time; others are asked to come again. */
export const MOST_STREAMS = 64;
/** Bytes that may wait for a reader. One that does not keep up gets no frames, and a new snapshot once it has caught up. */
const BEHIND = 256 * 1_024;
/** Frames for which a reader may be behind before it is dropped: half a minute. */
const PATIENCE = 120;

interface Stream {
  readonly response: ServerResponse;
  /** `new`: has seen nothing. `behind`: has missed frames. */
  state: 'new' | 'fresh' | 'behind';
  missed: number;
}

/**
 * The stream behind the page, as server-sent events. Each frame is written down once, for all who look. While no one does, nothing is followed.
 */
export class Streams {
  readonly #recorder: Recorder;
  readonly #streams = new Set<Stream>();
  #unfollow: (() => void) | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  get size(): number {
    return this.#streams.size;
  }

  open(request: IncomingMessage, response: ServerResponse): void {
    if (this.#streams.size >= MOST_STREAMS) {
      send(request, response, plain(503, `${MOST_STREAMS} pages are open already. Close one.`, { 'retry-after': '10' }));
      return;
    }
    response.writeHead(200, { ...COMMON, 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const stream: Stream = { response, state: 'new', missed: 0 };
    response.write('retry: 1000\n\n');
    this.#streams.add(stream);
    const leave = () => this.#leave(stream);
    response.on('close', leave);
    response.on('error', leave);
    if (this.#unfollow !== undefined) return;
    this.#unfollow = this.#recorder.follow((tick) => this.#broadcast(tick));
    this.#recorder.look();
  }

  close(): void {
    for (const { response } of this.#streams) response.end();
    this.#streams.clear();
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  #leave(stream: Stream): void {
    if (!this.#streams.delete(stream) || this.#streams.size > 0) return;
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  #broadcast(tick: Frame): void {
    let change: Buffer | undefined;
    let whole: Buffer | undefined;
    for (const stream of [...this.#streams]) {
      const { response } = stream;
      if (response.writableLength > (stream.state === 'behind' ? BEHIND / 8 : BEHIND)) {
        stream.state = 'behind';
        if (++stream.missed > PATIENCE) response.destroy();
        continue;
      }
      stream.missed = 0;
      if (stream.state === 'fresh') {
        change ??= eventOf(tick);
        response.write(change);
      } else {
        whole ??= eventOf(this.#recorder.snapshot());
        response.write(whole);
        stream.state = 'fresh';
      }
    }
  }
}

function eventOf(frame: Frame): Buffer {
  return Buffer.from(`data: ${JSON.stringify(frame)}\n\n`);
}
