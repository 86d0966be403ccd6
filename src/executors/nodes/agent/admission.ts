import { BrokerError } from '../../../core/broker/broker-error.ts';
import type { Clock } from '../../../core/clock.ts';
import { fromBytes } from '../../../core/wire/bytes.ts';
import { demandsOf, refusalOf } from '../handshake.ts';
import type { Link } from '../link/link.ts';
import type { Knock, Refusal } from '../protocol.ts';
import { isKnock } from '../protocol-check.ts';
import { type LocalExecutor, localExecutor } from './local.ts';

export interface AgentOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly name: string;
  /** `file:` URL of the task module. */
  readonly filename: string;
  readonly threads: number;
  /** Absent: the node itself. */
  readonly domain: string | undefined;
  readonly isolation: 'thread' | 'process';
  readonly version: string | undefined;
  readonly execPath: string | undefined;
  /** Milliseconds between two beats. */
  readonly beat: number;
  /** Milliseconds in which the broker must be reached at first. */
  readonly brokerTimeout: number;
  /** In the place of the real executor, for tests. */
  readonly local?: (knock: Knock) => LocalExecutor;
}

/**
 * Whether a pool is served. The module is looked at again each time: what a thread will load is the file as it is then.
 * @param open false if the node is about to leave
 */
export function admitted(knock: Knock, options: AgentOptions, open: boolean): { executor: LocalExecutor; refusal?: Refusal } {
  const { filename, isolation, execPath, clock, version, local } = options;
  try {
    if (!open) return { executor: NOTHING, refusal: { what: 'plan', pool: 'to start', node: 'to leave' } };
    const refusal = refusalOf(knock.demands, demandsOf(filename, version));
    if (refusal !== undefined) return { executor: NOTHING, refusal };
    return { executor: local?.(knock) ?? localExecutor({ filename, isolation, execPath }, knock.settings, clock) };
  } catch (error) {
    const node = (error as Error).message;
    return { executor: NOTHING, refusal: { what: 'idea of the settings of threads', pool: 'some that cannot be had here', node } };
  }
}

/** For a pool that is refused. */
const NOTHING: LocalExecutor = {
  start: () => {
    throw new Error('The node has refused to serve this pool.');
  },
  close: () => Promise.resolve(),
  now: () => 0,
};

/** A knock at the door, or `undefined` if it makes no sense. */
export function knockOf(bytes: Uint8Array): Knock | undefined {
  try {
    const knock = fromBytes(bytes);
    return isKnock(knock) ? knock : undefined;
  } catch {
    return undefined;
  }
}

/** The broker did not answer in the time that a node has to reach it at first. */
export function unreached(ms: number): BrokerError {
  const message = `The broker could not be reached within ${ms} ms. Is Redis running, and can it be reached from here?`;
  return new BrokerError('ERR_BROKER_LOST', message, { lasting: false });
}
