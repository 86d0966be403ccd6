import { isTree, type Manners, type Scenario, type Tree, type Worker } from './scenario.ts';

/** Something that is done to both sides, in words that mean the same to both. */
export type Deed =
  | { readonly do: 'die'; readonly deaths: readonly (readonly [id: string, kind: string])[] }
  | { readonly do: 'arrive'; readonly id: string; readonly how: string }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'call'; readonly n: number; readonly where: string; readonly call: Call }
  | { readonly do: 'stop' };

export type Call =
  | { readonly to: 'terminate' | 'restart' | 'delete' | 'terminate_instance' | 'instance'; readonly id: string }
  | { readonly to: 'start'; readonly worker: Worker };

/** A scenario as an Erlang term, with the deeds that were done here. */
export function scenarioTerm({ top, moves }: Scenario, deeds: readonly Deed[]): string {
  const lists = Object.entries(moves).map(([id, all]) => `{${id},[${all}]}`);
  return `{${treeTerm(top)},[${lists}],[${deeds.map(deedTerm)}]}.\n`;
}

function treeTerm({ id, strategy, intensity, within, auto, children, restart, significant }: Tree): string {
  const below = children.map((child) => (isTree(child) ? treeTerm(child) : workerTerm(child)));
  return `{sup,${id},${strategy},${intensity},${within},${auto},[${below}],${restart},${significant}}`;
}

function workerTerm({ id, restart, significant, shutdown, manners }: Worker): string {
  return `{child,${id},${restart},${significant},${shutdown === 0 ? 'brutal_kill' : shutdown},${mannersTerm(manners)}}`;
}

const mannersTerm = (manners: Manners): string => String(manners);

function deedTerm(deed: Deed): string {
  switch (deed.do) {
    case 'die':
      return `{die,[${deed.deaths.map(([id, kind]) => `{${id},${kind}}`)}]}`;
    case 'arrive':
      return `{arrive,${deed.id},${deed.how}}`;
    case 'advance':
      return `{advance,${deed.ms}}`;
    case 'call': {
      const { call } = deed;
      return `{call,${deed.n},${deed.where},{${call.to},${call.to === 'start' ? workerTerm(call.worker) : call.id}}}`;
    }
    case 'stop':
      return 'stop';
  }
}
