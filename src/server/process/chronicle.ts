import type { ServerIncident } from '../../core/servers/server-roll.ts';
import type { ServerTally } from '../../core/servers/server-tally.ts';
import type { ServerEmitter } from '../events.ts';

/** Incidents that are kept for who looks later. */
const KEPT = 24;

/** What has happened to a server besides its messages: counted, and the last of it kept. */
export class Chronicle {
  readonly #kept: ServerIncident[] = [];

  constructor(emitter: ServerEmitter, tally: ServerTally, wall: () => number) {
    const add = (kind: ServerIncident['kind'], text: string, error?: unknown): void => {
      this.#kept.push({ time: wall(), kind, text, error });
      if (this.#kept.length > KEPT) this.#kept.shift();
    };
    emitter.on('threadExit', ({ role, reason, message, error }) => {
      tally.exits.add(`${role} ${reason}`);
      // Those are ended on purpose, and follow from what was reported already.
      if (reason === 'stopped' || reason === 'tainted') return;
      add('death', `a ${role} died: ${reason}${message === undefined ? '' : ` at ${JSON.stringify(message)}`}`, error);
    });
    emitter.on('takeOver', ({ ms }) => {
      tally.takeOvers.observe(ms);
      add('takeOver', `a standby took over in ${ms.toFixed(1)} ms`);
    });
    emitter.on('conviction', ({ replica }) => {
      tally.convictions++;
      add('conviction', `replica ${replica} was outvoted, and is rebuilt`);
    });
    emitter.on('dropped', ({ name, seq }) => add('dropped', `message ${seq} (${name}) was dropped`));
    emitter.on('snapshot', () => tally.snapshots++);
    emitter.on('snapshotFailed', ({ error }) => {
      tally.snapshotsFailed++;
      add('snapshotFailed', 'the state could not be copied', error);
    });
    emitter.on('lateReply', () => tally.lateReplies++);
  }

  /** Oldest first. */
  list(): readonly ServerIncident[] {
    return [...this.#kept];
  }
}
