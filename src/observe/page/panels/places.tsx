import type { JSX } from 'preact';
import type { Snapshot, TreeNode } from '../../frames.ts';
import { count, plain } from '../format.ts';

/** Kinds of nodes of the tree that are more than threads. */
const PLACES: ReadonlySet<string> = new Set(['node', 'process', 'cell']);

interface Place {
  readonly node: TreeNode;
  readonly path: string;
}

function placesOf(node: TreeNode, path: string): Place[] {
  const here = PLACES.has(node.kind) ? [{ node, path }] : [];
  return [...here, ...(node.children ?? []).flatMap((child) => placesOf(child, `${path}/${node.id}`))];
}

function sumOf(node: TreeNode, of: (node: TreeNode) => number): number {
  return of(node) + (node.children ?? []).reduce((sum, child) => sum + sumOf(child, of), 0);
}

function titleOf(places: readonly Place[]): string {
  const nodes = places.some(({ node }) => node.kind === 'node');
  const others = places.some(({ node }) => node.kind !== 'node');
  return nodes && others ? 'Nodes and processes' : nodes ? 'Nodes' : 'Processes';
}

/** Nodes and cells, where the tree has them: one row each. */
export function Places({ data }: { data: Snapshot }): JSX.Element | null {
  const places = placesOf(data.tree, '');
  if (places.length === 0) return null;
  const mixed = new Set(places.map(({ node }) => node.kind)).size > 1;
  return (
    <section class="panel" aria-labelledby="places">
      <h2 id="places">{titleOf(places)}</h2>
      <div>
        <table>
          <thead>
            <tr>
              <th scope="col">name</th>
              {mixed && <th scope="col">kind</th>}
              <th scope="col">state</th>
              <th scope="col" class="number">
                threads
              </th>
              <th scope="col" class="number">
                busy
              </th>
              <th scope="col" class="number">
                finished
              </th>
              <th scope="col" class="number">
                restarts
              </th>
            </tr>
          </thead>
          <tbody>
            {places.slice(0, 100).map(({ node, path }) => (
              <tr key={`${path}/${node.id}`}>
                <td>{plain(node.id)}</td>
                {mixed && <td>{plain(node.kind)}</td>}
                <td>{plain(node.state)}</td>
                <td class="number">{count(sumOf(node, ({ kind }) => (kind === 'thread' ? 1 : 0)))}</td>
                <td class="number">{count(sumOf(node, ({ kind, state }) => (kind === 'thread' && state === 'busy' ? 1 : 0)))}</td>
                <td class="number">{count(sumOf(node, ({ finished = 0 }) => finished))}</td>
                <td class="number">{count(sumOf(node, ({ restarts }) => restarts))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {places.length > 100 && <p class="note">and {count(places.length - 100)} more</p>}
    </section>
  );
}
