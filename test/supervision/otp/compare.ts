import type { Played } from './play.ts';
import type { Scenario } from './scenario.ts';

/** The deliberate differences that scenarios can meet; each stands in the list of docs/supervision.md. */
export type Known = 'a transient supervisor that gave up' | 'a child that held up its group' | 'terminateChild that the end overtook';

export type Verdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'known'; readonly known: Known }
  | { readonly kind: 'different'; readonly at: number; readonly ours: string; readonly theirs: string };

/** What was logged in one step, in an order that both can be held to: supervisors and calls are not ordered against each other. */
function inOrder(scenario: Scenario, told: string): string {
  const parts = told.split(';').filter((part) => part !== '');
  // The children of a simple supervisor have no order.
  if (scenario.top.strategy === 'simple_one_for_one') return parts.sort().join('\n');
  const who = (part: string): string => (part.startsWith('calls') ? part : (/^\w+(?=: )/.exec(part)?.[0] ?? '~'));
  return parts
    .map((part, i) => [who(part), i, part] as const)
    .sort(([a, i], [b, j]) => (a < b ? -1 : a > b ? 1 : i - j))
    .map(([, , part]) => part)
    .join('\n');
}

export function compare(scenario: Scenario, played: Played, theirs: readonly string[]): Verdict {
  for (let i = 0; i < Math.max(theirs.length, played.told.length); i++) {
    const [here, there] = [inOrder(scenario, played.told[i] ?? ''), inOrder(scenario, theirs[i] ?? '')];
    if (withoutOvertaken(here, theirs) === withoutOvertaken(there, theirs)) continue;
    if (played.transientGaveUp) return { kind: 'known', known: 'a transient supervisor that gave up' };
    if (heldUp(played, i)) return { kind: 'known', known: 'a child that held up its group' };
    return { kind: 'different', at: i, ours: here, theirs: there };
  }
  return calls(played.told).every((call) => calls(theirs).includes(call)) ? { kind: 'equal' } : overtakenOnly(played, theirs);
}

const calls = (told: readonly string[]): string[] => told.flatMap((one) => one.split(';')).filter((part) => part.startsWith('calls: '));

/** Calls that the end overtakes are refused at once here, and in OTP when the supervisor has gone: when, is not compared. */
function withoutOvertaken(told: string, theirs: readonly string[]): string {
  const gone = new Set(
    calls(theirs)
      .filter((call) => call.endsWith(' gone'))
      .map((call) => call.split(' ')[1]),
  );
  return told
    .split('\n')
    .filter((part) => !part.startsWith('calls: ') || !gone.has(part.split(' ')[1]))
    .join('\n');
}

/** A `terminateChild` that the end overtakes has what it wanted, here; in OTP no process is left to say so. */
function overtakenOnly(played: Played, theirs: readonly string[]): Verdict {
  for (const call of calls(played.told)) {
    if (calls(theirs).includes(call)) continue;
    const n = Number(call.split(' ')[1]);
    const terminates = played.deeds.some((deed) => deed.do === 'call' && deed.n === n && deed.call.to === 'terminate');
    const there = calls(theirs).find((one) => one.startsWith(`calls: ${n} `));
    if (!terminates || !call.endsWith(' ok') || there !== `calls: ${n} gone`)
      return { kind: 'different', at: -1, ours: call, theirs: `${there}` };
  }
  return { kind: 'known', known: 'terminateChild that the end overtook' };
}

/** Whether a child was terminated in step `i` whose start had just failed, and which so held up its group. */
function heldUp(played: Played, i: number): boolean {
  const said = played.told[i]!.split(';');
  const last = played.deeds[i - 1];
  return played.deeds.some((deed) => {
    if (deed.do !== 'call' || deed.call.to !== 'terminate' || !said.includes(`calls: ${deed.n} ok`)) return false;
    const { id } = deed.call;
    return said.includes(`${deed.where}: start ${id} fail`) || (last?.do === 'arrive' && last.id === id && last.how === 'fail');
  });
}
