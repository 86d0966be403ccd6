import type { Clock } from '../core/clock.ts';
import { QuarantinedError } from '../core/errors.ts';
import type { EventSink } from '../core/events.ts';
import type { FailureKind } from '../core/failure.ts';

export interface QuarantineRules {
  readonly key: ((task: never, called: never) => string) | undefined;
  /** Failures in a row that close a key. */
  readonly after: number;
  /** Milliseconds that a key stays closed before a probe. */
  readonly ttl: number;
}

/** `counting`: failures in a row, the last one then. `closed`: refused until then. `probing`: this task decides, and no other. */
type KeyState =
  | { readonly state: 'counting'; readonly failures: number; readonly at: number }
  | { readonly state: 'closed'; readonly failures: number; readonly until: number }
  | { readonly state: 'probing'; readonly failures: number; readonly probe: number };

const KILLERS: ReadonlySet<FailureKind> = new Set<FailureKind>(['crash', 'oom', 'timeout']);

/**
 * Refuses tasks of a key that keeps killing threads, as a circuit breaker does. Only attempts that have begun count. Keys that succeed are not
 * remembered, nor those that had no task for `ttl` after the time in which they were refused.
 */
export class Quarantine {
  readonly #rules: QuarantineRules;
  readonly #clock: Clock;
  readonly #emitter: EventSink;
  readonly #keys = new Map<string, KeyState>();
  #sweepAt = 0;

  constructor(rules: QuarantineRules, clock: Clock, emitter: EventSink) {
    this.#rules = rules;
    this.#clock = clock;
    this.#emitter = emitter;
  }

  /** Keys that are refused now. */
  get size(): number {
    const now = this.#clock.now();
    let refused = 0;
    for (const entry of this.#keys.values()) if (entry.state === 'probing' || (entry.state === 'closed' && now < entry.until)) refused++;
    return refused;
  }

  /** Keys that are remembered. */
  get known(): number {
    return this.#keys.size;
  }

  /** The error to refuse a task with, or `undefined` to let it in. No event is emitted: a listener might end the task before it is accepted. */
  refusal(key: string): QuarantinedError | undefined {
    const entry = this.#keys.get(key);
    if (entry === undefined || entry.state === 'counting') return undefined;
    if (entry.state === 'closed' && this.#clock.now() >= entry.until) return undefined;
    return new QuarantinedError(key, entry.failures, undefined);
  }

  /** This task of the key was not refused: if the key was closed until now, it is the probe. */
  letIn(key: string, task: number): void {
    const entry = this.#keys.get(key);
    if (entry?.state !== 'closed') return;
    this.#keys.set(key, { state: 'probing', failures: entry.failures, probe: task });
    this.#emitter.emit('quarantine', { key, state: 'probe', failures: entry.failures });
  }

  /**
   * A task of this key has settled; true if the key was closed by it.
   * @param kind how it failed; undefined if it did not
   * @param tried false if none of its attempts had begun: then it has shown nothing
   */
  settled(key: string, task: number, kind: FailureKind | undefined, tried: boolean): boolean {
    this.#sweep();
    const entry = this.#keys.get(key);
    switch (entry?.state) {
      case 'closed':
        return false; // It was let in before.
      case 'probing':
        return entry.probe === task && this.#decided(key, entry.failures, kind, tried);
      default:
        return this.#counted(key, entry, kind, tried);
    }
  }

  #counted(key: string, entry: (KeyState & { state: 'counting' }) | undefined, kind: FailureKind | undefined, tried: boolean): boolean {
    if (!tried || !shows(kind)) return false;
    if (!KILLERS.has(kind as FailureKind)) {
      this.#keys.delete(key);
      return false;
    }
    const failures = (entry !== undefined && !this.#isOver(entry) ? entry.failures : 0) + 1;
    if (failures >= this.#rules.after) return this.#close(key, failures);
    this.#keys.set(key, { state: 'counting', failures, at: this.#clock.now() });
    return false;
  }

  /** The probe has settled. One that has shown nothing has decided nothing: the next task is the probe. */
  #decided(key: string, failures: number, kind: FailureKind | undefined, tried: boolean): boolean {
    if (!tried || !shows(kind)) {
      this.#keys.set(key, { state: 'closed', failures, until: this.#clock.now() });
      return false;
    }
    if (KILLERS.has(kind as FailureKind)) return this.#close(key, failures + 1);
    this.#keys.delete(key);
    this.#emitter.emit('quarantine', { key, state: 'open', failures: 0 });
    return false;
  }

  #close(key: string, failures: number): true {
    this.#keys.set(key, { state: 'closed', failures, until: this.#clock.now() + this.#rules.ttl });
    this.#emitter.emit('quarantine', { key, state: 'closed', failures });
    return true;
  }

  /** Whether no task has come in its time. */
  #isOver(entry: KeyState): boolean {
    if (entry.state === 'probing') return false;
    return this.#clock.now() > (entry.state === 'closed' ? entry.until : entry.at) + this.#rules.ttl;
  }

  /** Forgets what is over, once in a `ttl` at most. */
  #sweep(): void {
    const now = this.#clock.now();
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + Math.max(1, this.#rules.ttl);
    for (const [key, entry] of this.#keys) if (this.#isOver(entry)) this.#keys.delete(key);
  }
}

/** Whether an outcome says anything about its key: none was reached by the task itself otherwise. */
function shows(kind: FailureKind | undefined): boolean {
  return kind !== 'aborted' && kind !== 'quarantined' && kind !== 'rejected' && kind !== 'startup';
}
