import type { EventSink } from '../../core/events.ts';

/** Whether every slot that is to have a thread has one, and the events that tell when that changes. */
export class Fullness {
  readonly #emitter: EventSink;
  /** `starting`: it has never been full. */
  state: 'starting' | 'ok' | 'degraded' = 'starting';

  constructor(emitter: EventSink) {
    this.#emitter = emitter;
  }

  /**
   * @param ready slots that have a thread now
   * @param threads slots that are to have one
   */
  update(ready: number, threads: number): void {
    const before = this.state;
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
