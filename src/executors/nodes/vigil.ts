import { BrokerError, isLasting } from '../../core/broker/broker-error.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import type { Link, Sighting } from './link/link.ts';

export interface VigilHost {
  readonly link: Link;
  readonly clock: Clock;
  readonly name: string;
  /** Milliseconds from one look to the next. */
  readonly every: number;
  /** Milliseconds that the broker may be away. */
  readonly brokerTimeout: number;
  /** @param elapsed milliseconds since the look before, not counting those in which no message could have arrived */
  sighted(sightings: readonly Sighting[], elapsed: number): void;
  lost(error: unknown): void;
  back(milliseconds: number): void;
  failed(error: BrokerError): void;
}

/**
 * Looks at the nodes again and again. Each answer is a proof that the broker lives; an answer that fails to come says nothing about any node.
 * An answer counts only while what nodes send can be read as well.
 * Two answers that lie far apart count as two that do not: between them the broker was slow, or this program was.
 */
export class Vigil {
  readonly #host: VigilHost;
  #timer: Timer | undefined;
  /** When the broker answered last, and since when it has not been able to. */
  #answeredAt: number;
  #askedAt: number | undefined;
  #state: 'fine' | 'doubtful' | 'lost' | 'closed' = 'fine';
  #refusal: unknown;

  constructor(host: VigilHost) {
    this.#host = host;
    this.#answeredAt = host.clock.now();
    this.#tick();
  }

  /** Whether messages of a node can arrive at present. */
  get reachable(): boolean {
    const { clock, every } = this.#host;
    return this.#state === 'fine' && (this.#askedAt === undefined || clock.now() - this.#askedAt <= every);
  }

  get isLost(): boolean {
    return this.#state === 'lost';
  }

  close(): void {
    this.#state = 'closed';
    this.#host.clock.clearTimeout(this.#timer);
  }

  #tick(): void {
    const { clock, every } = this.#host;
    if (this.#askedAt === undefined) void this.#look();
    else this.#doubt();
    if (this.#state !== 'closed') this.#timer = clock.setTimeout(() => this.#tick(), every, 'turning');
  }

  async #look(): Promise<void> {
    const { link, clock, every, name } = this.#host;
    this.#askedAt = clock.now();
    let sightings: readonly Sighting[];
    try {
      sightings = await link.watch(name);
    } catch (error) {
      this.#refusal = error;
      if (this.#state !== 'closed') this.#doubt();
      // Asked again at the next tick; the broker counts as silent since the first time.
      if (this.#askedAt !== undefined) this.#askedAt = undefined;
      return;
    }
    if (this.#state === 'closed') return;
    if (this.#isOver(link.trouble)) return; // It answers this question, and another one never.
    if (link.deaf !== undefined) {
      this.#refusal = link.deaf;
      this.#askedAt = undefined;
      if (this.#state === 'fine') this.#state = 'doubtful';
      this.#host.sighted(sightings, 0); // Nodes that hear this program have no reason to give it up.
      this.#doubt();
      return;
    }
    const now = clock.now();
    const away = now - this.#answeredAt;
    const before = this.#state;
    this.#answeredAt = now;
    this.#askedAt = undefined;
    this.#refusal = undefined;
    this.#state = 'fine';
    if (before === 'lost') this.#host.back(away);
    this.#host.sighted(sightings, Math.min(away, 2 * every));
  }

  /** To wait will not help, so nobody waits. */
  #isOver(cause: unknown): boolean {
    if (!isLasting(cause)) return false;
    this.close();
    this.#host.failed(cause);
    return true;
  }

  /** It has not answered. */
  #doubt(): void {
    const { clock, every, brokerTimeout, link } = this.#host;
    const away = clock.now() - this.#answeredAt;
    const cause = this.#refusal ?? link.trouble;
    if (this.#isOver(cause)) return;
    if (this.#state === 'fine' && away > 2 * every) this.#state = 'doubtful';
    if (this.#state !== 'lost' && away > Math.max(1_000, 4 * every)) {
      this.#state = 'lost';
      this.#host.lost(cause ?? unanswered(away));
    }
    if (away < brokerTimeout) return;
    this.close();
    this.#host.failed(cause instanceof BrokerError ? cause : unanswered(away, cause));
  }
}

function unanswered(ms: number, cause?: unknown): BrokerError {
  const message = `The broker of the nodes has not answered for ${Math.round(ms)} ms. Is Redis running, and can it be reached from here?`;
  return new BrokerError('ERR_BROKER_LOST', message, { lasting: false, cause });
}
