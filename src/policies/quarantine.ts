import type { Clock } from '../core/clock.ts';
import { QuarantinedError } from '../core/errors.ts';
import type { EventSink } from '../core/events.ts';
import type { FailureKind } from '../core/failure.ts';

export interface QuarantineRules {
  readonly key: ((task: never) => string) | undefined;
  /** Failures in a row that close a key. */
  readonly after: number;
  /** How long a key stays closed before a probe, in milliseconds. */
  readonly ttl: number;
}

/** `counting`: failures in a row. `closed`: refused until then. `probing`: one task decides. */
type KeyState =
  | { readonly state: 'counting'; failures: number }
  | { readonly state: 'closed'; failures: number; readonly until: number }
  | { readonly state: 'probing'; failures: number };

const KILLERS: ReadonlySet<FailureKind> = new Set<FailureKind>(['crash', 'oom', 'timeout']);

/** Refuses tasks of a key that keeps killing threads, as a circuit breaker does. Keys that succeed are not remembered. */
export class Quarantine {
  readonly #rules: QuarantineRules;
  readonly #clock: Clock;
  readonly #emitter: EventSink;
  readonly #keys = new Map<string, KeyState>();

  constructor(rules: QuarantineRules, clock: Clock, emitter: EventSink) {
    this.#rules = rules;
    this.#clock = clock;
    this.#emitter = emitter;
  }

  /** Keys that are refused now, or wait for their probe. */
  get size(): number {
    let closed = 0;
    for (const { state } of this.#keys.values()) if (state !== 'counting') closed++;
    return closed;
  }

  /** The error to refuse a task with, or `undefined` to let it in. No event is emitted: a listener might end the task before it is accepted. */
  refusal(key: string): QuarantinedError | undefined {
    const entry = this.#keys.get(key);
    if (entry === undefined || entry.state === 'counting') return undefined;
    if (entry.state === 'closed' && this.#clock.now() >= entry.until) return undefined;
    return new QuarantinedError(key, entry.failures, undefined);
  }

  /** A task of this key was not refused: if the key was closed until now, it is the probe. */
  letIn(key: string): void {
    const entry = this.#keys.get(key);
    if (entry?.state !== 'closed') return;
    this.#keys.set(key, { state: 'probing', failures: entry.failures });
    this.#emitter.emit('quarantine', { key, state: 'probe', failures: entry.failures });
  }

  /** A task of this key has settled; true if the key was closed by it. */
  settled(key: string, kind: FailureKind | undefined): boolean {
    if (kind === 'aborted' || kind === 'quarantined' || kind === 'rejected') return this.#undecided(key);
    const entry = this.#keys.get(key);
    if (kind === undefined || !KILLERS.has(kind)) {
      this.#keys.delete(key);
      if (entry !== undefined && entry.state !== 'counting') this.#emitter.emit('quarantine', { key, state: 'open', failures: 0 });
      return false;
    }
    const failures = (entry?.failures ?? 0) + 1;
    if (failures < this.#rules.after) {
      this.#keys.set(key, { state: 'counting', failures });
      return false;
    }
    const wasClosed = entry?.state === 'closed';
    this.#keys.set(key, { state: 'closed', failures, until: this.#clock.now() + this.#rules.ttl });
    if (!wasClosed) this.#emitter.emit('quarantine', { key, state: 'closed', failures });
    return !wasClosed;
  }

  /** A probe that was aborted has decided nothing: the next task is the probe. */
  #undecided(key: string): false {
    const entry = this.#keys.get(key);
    if (entry?.state === 'probing') this.#keys.set(key, { state: 'closed', failures: entry.failures, until: this.#clock.now() });
    return false;
  }
}
