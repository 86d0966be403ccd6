import type { EventSink } from '../../core/events.ts';

/** How many slots have a thread, and how many are to have one. */
export interface Filling {
  readonly ready: number;
  readonly threads: number;
  /**
   * - `whole`: all that are to have a thread have one
   * - `filling`: threads are on their way
   * - `lacking`: there is no place for them at present
   */
  readonly state: 'whole' | 'filling' | 'lacking';
}

/** Whether every slot that is to have a thread has one, and the events that tell when that changes. */
export class Fullness {
  readonly #emitter: EventSink;
  /** `starting`: it has never been full, and nothing is known that keeps it from that. */
  state: 'starting' | 'ok' | 'degraded' = 'starting';
  /** It has been full once. */
  wasFull = false;

  constructor(emitter: EventSink) {
    this.#emitter = emitter;
  }

  update({ ready, threads, state }: Filling): void {
    const before = this.state;
    if (state === 'whole') {
      const isFirst = !this.wasFull;
      this.state = 'ok';
      this.wasFull = true;
      if (isFirst) this.#emitter.emit('ready', { threads });
      if (before === 'degraded') this.#emitter.emit('recovered', { threads });
    } else if (before === 'ok' || (before === 'starting' && state === 'lacking')) {
      this.state = 'degraded';
      this.#emitter.emit('degraded', { ready, threads });
    }
  }
}
