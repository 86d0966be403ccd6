import type { Clock } from '../../core/clock.ts';
import type { Capacity, Distance, Executor, ExecutorThread, ThreadEvents } from '../executor.ts';
import type { ThreadsOptions } from '../threads/thread-executor.ts';
import { Fleet } from './fleet.ts';
import type { NodeEvents, NodesSettings } from './fleet-host.ts';
import { demandsOf } from './handshake.ts';
import type { Link } from './link/link.ts';
import type { NodeRecord } from './node-record.ts';
import { type FarSettings, NodeThread } from './node-thread.ts';
import type { NodeSettings } from './protocol.ts';

export interface NodesOptions extends ThreadsOptions {
  readonly filename: string;
  readonly nodes: NodesSettings;
  readonly terminateTimeout: number;
}

/** A message takes a millisecond or more, and there and back several. */
const DISTANCE: Distance = { pace: 10, patience: 20, rescue: 100 };

/** Runs tasks on worker threads of other machines, which are found and talked to through a broker. */
export class NodeExecutor implements Executor {
  readonly distance: Distance = DISTANCE;
  readonly #clock: Clock;
  readonly #far: FarSettings;
  readonly #fleet: Fleet;
  #starts = 0;

  /** @throws {InvalidOptionError} `ERR_INVALID_OPTION` if the task module cannot be read, or the settings not be sent */
  constructor(options: NodesOptions, clock: Clock, link: Link, events: NodeEvents) {
    const { nodes, filename, name, timeout } = options;
    this.#clock = clock;
    this.#far = { name, runLimit: timeout.run, maxPayload: nodes.maxPayload, assigns: options.faults !== undefined };
    this.#fleet = new Fleet({ link, clock, nodes, demands: demandsOf(filename, nodes.version), settings: settingsOf(options), events });
  }

  get capacity(): Capacity {
    return this.#fleet.places;
  }

  get nodes(): readonly NodeRecord[] {
    return this.#fleet.records;
  }

  start(events: ThreadEvents): ExecutorThread {
    const thread = new NodeThread(this.#starts++, this.#clock, this.#far, events, (one) => this.#fleet.places.withdraw(one));
    this.#fleet.places.await(thread);
    return thread;
  }

  close(): Promise<void> {
    return this.#fleet.close();
  }
}

function settingsOf(options: NodesOptions): NodeSettings {
  const { name, timeout, recycle, terminateTimeout, resourceLimits, workerData, argv, execArgv, faults, tracing } = options;
  return {
    name,
    runLimit: timeout.run,
    heapMb: recycle?.heapMb ?? Number.POSITIVE_INFINITY,
    terminateTimeout,
    resourceLimits,
    workerData,
    env: typeof options.env === 'symbol' ? undefined : options.env,
    argv,
    execArgv,
    faults,
    traced: tracing !== undefined,
  };
}
