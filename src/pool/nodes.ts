import type { Emitter } from '../core/events.ts';
import type { NodeEvents } from '../executors/nodes/fleet-host.ts';
import type { NodeExecutor } from '../executors/nodes/node-executor.ts';
import type { NodeState } from '../executors/nodes/node-record.ts';
import { NodeTally } from '../executors/nodes/node-tally.ts';

/** One node, as `stats()` shows it. */
export interface NodeStats {
  /** Host, process and a random part: each start of a node has another. */
  readonly id: string;
  /** Name of the machine. */
  readonly host: string | undefined;
  /** What copies of a task do not share, as `holdfast node --domain` says. */
  readonly domain: string | undefined;
  /** `found`, `joining`, `up`, `leaving`, or `down`: it serves the pool no more. */
  readonly state: NodeState;
  /** Threads that it lends to this pool. */
  readonly threads: number;
  /** Threads that it offers in all; undefined as long as that is not known. */
  readonly offers: number | undefined;
}

/** The nodes of a pool in numbers. */
export interface NodesStats {
  /** Each node that is known. */
  readonly nodes: readonly NodeStats[];
  /** Frames to nodes; a frame holds many messages. */
  readonly framesSent: number;
  /** Frames from nodes. */
  readonly framesReceived: number;
  /** Bytes of frames to nodes. */
  readonly bytesSent: number;
  /** Bytes of frames from nodes. */
  readonly bytesReceived: number;
  /** Frames and messages of sessions that were over; they were dropped. */
  readonly lateFrames: number;
  /** Beats that came more than one beat late. */
  readonly lateBeats: number;
  /** Copies that had to run in a domain in which another copy of their task had run. */
  readonly sharedDomains: number;
}

/** What a pool knows of its nodes, and what it tells of them. */
export class PoolNodes {
  readonly events: NodeEvents;
  readonly #tally = new NodeTally();
  /** Set as soon as it is made. */
  executor: NodeExecutor | undefined;

  constructor(emitter: Emitter, failed: (error: Error) => void) {
    this.events = {
      up: ({ id: node, card }) =>
        emitter.emit('nodeUp', { node, host: card?.host ?? '', domain: card?.domain ?? node, threads: card?.threads ?? 0 }),
      down: ({ id: node }, reason, error) => emitter.emit('nodeDown', { node, reason, error }),
      brokerLost: (error) => emitter.emit('brokerLost', { error }),
      brokerBack: (milliseconds) => emitter.emit('brokerBack', { milliseconds }),
      failed,
      tally: this.#tally,
    };
  }

  stats(): NodesStats {
    const nodes = (this.executor?.nodes ?? []).map(({ id, card, state, session }) => ({
      id,
      host: card?.host,
      domain: card?.domain,
      state,
      threads: session?.threads.size ?? 0,
      offers: card?.threads,
    }));
    return { nodes, ...this.#tally };
  }
}
