import type { NodeDownReason } from '../../src/core/broker/node-down.ts';
import { systemClock } from '../../src/core/time/system-clock.ts';
import type { AgentOptions } from '../../src/executors/nodes/agent/admission.ts';
import { Agent } from '../../src/executors/nodes/agent/agent.ts';
import type { NodeEvents, NodesSettings } from '../../src/executors/nodes/fleet-host.ts';
import type { Link } from '../../src/executors/nodes/link/link.ts';
import { NodeExecutor } from '../../src/executors/nodes/node-executor.ts';
import type { NodeRecord } from '../../src/executors/nodes/node-record.ts';
import { NodeTally } from '../../src/executors/nodes/node-tally.ts';
import { settingsFor } from '../executors/settings.ts';

export const NODES: NodesSettings = {
  name: 'test',
  version: undefined,
  silence: 2_000,
  brokerTimeout: 10_000,
  maxPayload: 64 * 1_048_576,
  spread: 'prefer',
};

/** An agent in this process, which a test may kill by cutting its link. */
export async function agent(link: Link, options: Partial<AgentOptions> = {}): Promise<Agent> {
  const one = new Agent(
    {
      link,
      clock: systemClock,
      name: NODES.name,
      filename: settingsFor(undefined).filename!,
      threads: 2,
      domain: undefined,
      isolation: 'thread',
      version: undefined,
      execPath: undefined,
      beat: 50,
      brokerTimeout: 5_000,
      ...options,
    },
    { session: () => {}, broker: () => {}, failed: () => {} },
  );
  await one.start();
  return one;
}

export interface Heard {
  readonly up: NodeRecord[];
  readonly down: { readonly node: string; readonly reason: NodeDownReason; readonly message: string }[];
  readonly broker: string[];
  readonly failed: Error[];
  readonly events: NodeEvents;
}

/** Writes down what the executor tells of its nodes. */
export function heard(): Heard {
  const all: Omit<Heard, 'events'> = { up: [], down: [], broker: [], failed: [] };
  return {
    ...all,
    events: {
      up: (node) => all.up.push(node),
      down: (node, reason, { message }) => all.down.push({ node: node.id, reason, message }),
      brokerLost: () => all.broker.push('lost'),
      brokerBack: () => all.broker.push('back'),
      failed: (error) => all.failed.push(error),
      tally: new NodeTally(),
    },
  };
}

export function executor(link: Link, filename?: string, nodes: Partial<NodesSettings> = {}, events = heard().events): NodeExecutor {
  const settings = settingsFor(filename);
  const options = { ...settings, filename: settings.filename!, nodes: { ...NODES, ...nodes }, terminateTimeout: 2_000 };
  return new NodeExecutor(options, systemClock, link, events);
}
