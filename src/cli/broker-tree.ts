import type { BatchProgress } from '../batch/index.ts';
import { parseBrokerUrl } from '../core/broker/broker-url.ts';
import { JobBoard, type ManagerCard, type Standing } from '../durable/board.ts';
import { connect } from '../durable/connect.ts';
import { JobKeys } from '../durable/keys.ts';
import { type ListedNode, listNodes } from '../node/index.ts';
import type { TreeNode } from '../supervision/index.ts';

/** Milliseconds in which the broker must answer. */
const ANSWER = 5_000;

function treeOfNode(node: ListedNode, managers: readonly ManagerCard[]): TreeNode {
  const { id, host, pid, domain, isolation, threads, used, sessions, open } = node;
  const children = managers.filter((manager) => manager.node === id).map(treeOfManager);
  return {
    id: `node ${id}`,
    kind: `${isolation}, ${used} of ${threads} threads for ${sessions} ${sessions === 1 ? 'pool' : 'pools'}`,
    state: open ? 'up' : 'leaving',
    restarts: 0,
    pid,
    ...(children.length > 0 && { children }),
    ...(domain === id ? {} : { domain }),
    host,
  } as TreeNode;
}

function treeOfManager({ id, pid, job }: ManagerCard): TreeNode {
  return {
    id: `manager ${id.slice(id.lastIndexOf(':') + 1)}`,
    kind: 'manager',
    state: job === undefined ? 'waits' : `manages ${job}`,
    restarts: 0,
    pid,
  };
}

function treeOfJob({ out, epoch, held, manager, progress, order }: Standing): TreeNode {
  const { done = 0, failed = 0 } = (progress ?? {}) as Partial<BatchProgress>;
  const state = order !== undefined ? 'stops' : held ? 'runs' : 'waits for a manager';
  const restarts = Math.max(0, epoch - 1);
  return {
    id: `job ${out}`,
    kind: `${done} done, ${failed} failed`,
    state,
    restarts,
    ...(held && manager !== undefined && { pid: manager.pid }),
  };
}

/** The nodes of a name, their managers, and the durable jobs, as they announce themselves. @throws {BrokerError} @throws {InvalidOptionError} */
export async function treeAtBroker(url: string, name: string): Promise<TreeNode> {
  const nodes = await listNodes({ url, name });
  const broker = parseBrokerUrl(url);
  const client = await connect(broker, ANSWER);
  try {
    const board = new JobBoard(client, new JobKeys(name), broker.shown);
    const [managers, jobs] = [await board.managers(), await board.jobs()];
    const strays = managers.filter(({ node }) => nodes.every(({ id }) => id !== node));
    const children = [
      ...nodes.map((node) => treeOfNode(node, managers)),
      ...strays.map(treeOfManager),
      ...jobs.map(({ standing }) => treeOfJob(standing)),
    ];
    return { id: name, kind: 'nodes', state: nodes.length === 0 ? 'none' : 'up', restarts: 0, children };
  } finally {
    client.disconnect();
  }
}
