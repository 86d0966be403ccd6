import type { EventSink } from '../../core/events.ts';

/** Whether every slot has a thread, and the events that tell when that changes. */
export class Fullness {
  readonly #threads: number;
  readonly #emitter: EventSink;
  /** `starting`: it has never been full. */
  state: 'starting' | 'ok' | 'degraded' = 'starting';

  constructor(threads: number, emitter: EventSink) {
    this.#threads = threads;
    this.#emitter = emitter;
  }

  /** @param ready slots that have a thread now */
  update(ready: number): void {
    const before = this.state;
    const threads = this.#threads;
    if (ready === threads) {
      this.state = 'ok';
      if (before === 'starting') this.#emitter.emit('ready', { threads });
      else if (before === 'degraded') this.#emitter.emit('recovered', { threads });
    } else if (before === 'ok') {
      this.state = 'degraded';
      this.#emitter.emit('degraded', { ready, threads });
    }
  }
}
