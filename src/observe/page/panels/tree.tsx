import type { JSX } from 'preact';
import type { Snapshot, TreeNode } from '../../frames.ts';
import { count, plain } from '../format.ts';

/** Children of one node that are shown. */
const MOST = 64;

function Label({ node }: { node: TreeNode }): JSX.Element {
  const facts = [
    node.strategy,
    node.pid === undefined ? undefined : `pid ${node.pid}`,
    node.threadId === undefined ? undefined : `id ${node.threadId}`,
    node.restarts > 0 ? `${count(node.restarts)} ${node.restarts === 1 ? 'restart' : 'restarts'}` : undefined,
    node.finished === undefined || node.finished === 0 ? undefined : `${count(node.finished)} finished`,
    node.orphans === undefined ? undefined : `${node.orphans} ${node.orphans === 1 ? 'orphan' : 'orphans'}`,
  ].filter((fact) => fact !== undefined);
  return (
    <>
      <span class={`state ${plain(node.state)}`}>{plain(node.state)}</span> {plain(node.id)} <span class="id">{plain(node.kind)}</span>{' '}
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
