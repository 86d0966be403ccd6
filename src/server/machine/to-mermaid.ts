/** What is drawn of a machine. */
export interface Drawable {
  /** What `defineMachine` was given. */
  readonly machine: { readonly initial: string; readonly states: object };
}

interface DrawnState {
  readonly on?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly postpone?: readonly string[];
}

/**
 * The machine as a state diagram of Mermaid. Where a handler decides, its targets are the names of states that its source has in quotes; none means
 * that it stays.
 */
export function toMermaid({ machine }: Drawable): string {
  const states = machine.states as Readonly<Record<string, DrawnState>>;
  const names = Object.keys(states);
  const lines = ['stateDiagram-v2', `  [*] --> ${machine.initial}`];
  for (const [name, { on = {}, after = {}, postpone = [] }] of Object.entries(states)) {
    for (const [event, target] of Object.entries(on))
      for (const to of targets(target, names, name)) lines.push(`  ${name} --> ${to}: ${event}`);
    for (const [ms, target] of Object.entries(after))
      for (const to of targets(target, names, name)) lines.push(`  ${name} --> ${to}: after ${ms} ms`);
    if (postpone.length > 0) lines.push(`  note right of ${name}: postpones ${postpone.join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function targets(target: unknown, names: readonly string[], here: string): readonly string[] {
  if (typeof target === 'string') return [target];
  const source = String(target);
  const found = names.filter((name) => [`'${name}'`, `"${name}"`, `\`${name}\``].some((quoted) => source.includes(quoted)));
  return found.length > 0 ? found : [here];
}
