import type { Clock } from '../core/clock.ts';
import type { AboutThread, Emitter, PoolEventName, PoolEvents } from '../core/events.ts';
import { describeThrown } from './thrown.ts';

/** Events that are remembered. */
const LENGTH = 20;
/** Characters of an error's or a key's text that are kept. */
const TEXT = 60;

type About<Name extends PoolEventName> = (event: Noted<Name>) => string;

/** What has to be known of an event: all of it, but of a crash, whose report is not made without a listener. */
type Noted<Name extends PoolEventName> = Name extends 'crash' ? AboutThread & { readonly reason: string } : PoolEvents[Name];

const thread = (event: AboutThread): string => `slot ${event.slot} generation ${event.generation} thread ${event.threadId}`;
const task = (event: { taskId: number; name: string }): string => `task ${event.taskId} ${event.name.slice(0, TEXT)}`;
const thrown = (error: unknown): string => {
  const { name, message } = describeThrown(error);
  return `${name}: ${message}`.slice(0, TEXT);
};

const ABOUT: { readonly [Name in PoolEventName]: About<Name> } = {
  ready: (event) => `${event.threads} threads`,
  workerStart: (event) => `${thread(event)} ${event.reason} after ${Math.round(event.milliseconds)} ms`,
  workerExit: (event) => `${thread(event)} ${event.reason} exit code ${event.exitCode}`,
  crash: (event) => `${thread(event)} ${event.reason}`,
  lateError: (event) => `${thread(event)} left by task ${event.taskId}: ${thrown(event.error)}`,
  teardownFailed: (event) => `${thread(event)} ${event.reason}: ${thrown(event.error)}`,
  message: (event) => thread(event),
  retry: (event) => `${task(event)} after attempt ${event.failed.attempt} ${event.failed.kind}, ${event.retriesLeft} left`,
  timeout: (event) => `${task(event)} attempt ${event.attempt} ${event.phase} ${event.milliseconds} ms`,
  hedge: (event) => `${task(event)} attempt ${event.attempt} after ${Math.round(event.after)} ms`,
  conflict: (event) => `${task(event)} ${event.ballots.length} ballots, ${event.verdict}`,
  quarantine: (event) => `${event.key.slice(0, TEXT)} ${event.state} after ${event.failures} failures`,
  late: (event) => `thread ${event.threadId} task ${event.taskId} attempt ${event.attempt}`,
  degraded: (event) => `${event.ready} of ${event.threads} threads`,
  recovered: (event) => `${event.threads} threads`,
  nodeUp: (event) => `${event.node.slice(0, TEXT)} ${event.threads} threads`,
  nodeDown: (event) => `${event.node.slice(0, TEXT)} ${event.reason}`,
  brokerLost: (event) => thrown(event.error),
  brokerBack: (event) => `after ${Math.round(event.milliseconds)} ms`,
  failed: (event) => thrown(event.error),
  needsDrain: (event) => `${event.needed ? 'needed' : 'no more'}, ${event.open} open`,
  drain: (event) => `${event.settled} settled`,
  close: (event) => `${event.completed} completed, ${event.dropped} dropped, ${event.killed} killed`,
};

interface Line {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly name: PoolEventName;
  readonly about: string;
}

/**
 * The pool's last events, for crash reports. They are kept as texts: an event may hold results and errors, which a settled task
 * must not keep alive.
 */
export class Trail {
  readonly #clock: Clock;
  readonly #ring: Line[] = [];
  #next = 0;

  constructor(emitter: Emitter, clock: Clock) {
    this.#clock = clock;
    emitter.tap((name, event) => {
      if (name !== 'message') this.note(name, event as Noted<typeof name>); // Tasks may post as many as they like, and the others would be gone.
    });
  }

  /** Oldest first: time of day in UTC, event, what it was about. */
  lines(): string[] {
    const lines = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return lines.map(({ at, name, about }) => `${new Date(at).toISOString().slice(11, 23)} ${name} ${about}`);
  }

  note<Name extends PoolEventName>(name: Name, event: Noted<Name>): void {
    // A caller that waits for each task drains the pool each time: the last drain stands for those before it.
    const last = (this.#next + LENGTH - 1) % LENGTH;
    const at = name === 'drain' && this.#ring[last]?.name === name ? last : this.#next;
    this.#ring[at] = { at: this.#clock.wall(), name, about: ABOUT[name](event) };
    this.#next = (at + 1) % LENGTH;
  }
}
