import type { JSX } from 'preact';
import type { Snapshot, TreeNode } from '../../frames.ts';
import { count, plain } from '../format.ts';

/** Children of one node that are shown. */
const MOST = 64;

/** Nothing twice: `slot 0` is a thread, and the number of a cell is that of its process. */
function Label({ node }: { node: TreeNode }): JSX.Element {
  const isThread = node.kind === 'thread';
  const facts = [
    isThread || node.id.startsWith(`${node.kind} `) ? undefined : node.kind,
    node.strategy,
    node.pid === undefined || node.id.endsWith(` ${node.pid}`) ? undefined : `process ${node.pid}`,
    node.threadId === undefined || node.id === `thread ${node.threadId}`
      ? undefined
      : `${node.id.startsWith('thread ') ? 'id' : 'thread'} ${node.threadId}`,
    node.restarts > 0 ? `${count(node.restarts)} ${node.restarts === 1 ? 'restart' : 'restarts'}` : undefined,
    node.finished === undefined || node.finished === 0 ? undefined : `${count(node.finished)} finished`,
    node.orphans === undefined ? undefined : `${node.orphans} ${node.orphans === 1 ? 'orphan' : 'orphans'}`,
  ].filter((fact) => fact !== undefined);
  return (
    <>
      <span class={`state ${plain(node.state)}`}>{plain(node.state)}</span> {plain(node.id)}{' '}
      <span class="facts">{plain(facts.join(' · '))}</span>
    </>
  );
}

function Branch({ node }: { node: TreeNode }): JSX.Element {
  const children = node.children ?? [];
  if (children.length === 0)
    return (
      <li>
        <Label node={node} />
      </li>
    );
  return (
    <li>
      <details open>
        <summary>
          <Label node={node} />
        </summary>
        <ul>
          {children.slice(0, MOST).map((child, i) => (
            <Branch key={`${child.id} ${i}`} node={child} />
          ))}
          {children.length > MOST && <li class="note">and {count(children.length - MOST)} more</li>}
        </ul>
      </details>
    </li>
  );
}

export function Tree({ data }: { data: Snapshot }): JSX.Element {
  return (
    <section class="panel tree" aria-labelledby="tree">
      <h2 id="tree">Tree</h2>
      <ul>
        <Branch node={data.tree} />
      </ul>
    </section>
  );
}
