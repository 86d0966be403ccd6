import type { Slice } from './play.ts';
import { about, besideText, type Ratio, ratioOf, ratioText } from './ratio.ts';
import type { Round } from './ring.ts';
import { PAIRED_GOALS, type PairedGoal, type Scene } from './scenes.ts';

type Figure = PairedGoal['figure'];

const sum = (slices: readonly Slice[], of: (slice: Slice) => number): number => slices.reduce((all, slice) => all + of(slice), 0);

/** Right results a second, or CPU milliseconds a right result, of one round. */
function measured(slices: readonly Slice[] | undefined, figure: Figure): number {
  if (slices === undefined) return Number.NaN;
  const right = sum(slices, (slice) => slice.right);
  return figure === 'speed' ? (right * 1000) / sum(slices, ({ wallMs }) => wallMs) : sum(slices, ({ cpuMs }) => cpuMs) / right;
}

const median = (values: readonly number[]): number =>
  values.filter(Number.isFinite).sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export function pairedRatio(scene: Scene, rounds: readonly Round[], player: string, figure: Figure): Ratio | undefined {
  const [first] = scene.players;
  const all = (name: string): number[] => rounds.map(({ slices }) => measured(slices[name], figure));
  return ratioOf(all(player), all(first!.name));
}

/** The table of one scene, in Markdown. CPU time is that of the pool's own process. */
export function tableOf(scene: Scene, rounds: readonly Round[]): string {
  const [first] = scene.players;
  const lines = scene.players
    .filter(({ name }) => rounds.some(({ slices, hung }) => slices[name] !== undefined || hung.includes(name)))
    .map(({ name }) => {
      const all = rounds.flatMap(({ slices }) => slices[name] ?? []);
      const speeds = rounds.map(({ slices }) => measured(slices[name], 'speed'));
      const cpu = rounds.map(({ slices }) => measured(slices[name], 'cpu') * 1000);
      const lost = sum(all, ({ failed, wrong }) => failed + wrong);
      const ratios = (['speed', 'cpu'] as const).map((figure) =>
        name === first!.name ? '1' : ratioText(pairedRatio(scene, rounds, name, figure)),
      );
      const status = rounds.some(({ hung }) => hung.includes(name)) ? 'hung' : lost === 0 ? '0' : lost.toLocaleString('en-US');
      return `| ${name} | ${about(median(speeds))} | ${ratios[0]} | ${about(median(cpu))} | ${ratios[1]} | ${status} |`;
    });
  return [
    `**${scene.title}** (${rounds.length} rounds)`,
    '',
    '| | right results a second | speed, beside the first | CPU µs a right result | CPU, beside the first | failed or wrong |',
    '|---|---:|---|---:|---|---:|',
    ...lines,
  ].join('\n');
}

/** What the README says of the speed: a line each, of one scene or two. */
const SHORT: readonly (readonly (readonly [scene: string, what: string])[])[] = [
  [['noop', 'Tasks that do nothing, 256 in flight']],
  [
    ['millisecond', 'Tasks of 1 ms'],
    ['alone', 'tasks that do nothing, one after another'],
  ],
  [['crash', 'Tasks of 1 ms, of which 5 % crash their thread']],
];

/** Holdfast beside the first player of a few scenes, in three lines: for the README. */
export function shortLinesOf(scenes: readonly Scene[], rounds: readonly Round[]): string {
  const clauseOf = ([name, what]: readonly [string, string]): string[] => {
    const scene = scenes.find((one) => one.name === name);
    const played = rounds.filter((round) => round.scene === name);
    const ratio = scene && pairedRatio(scene, played, 'holdfast', 'speed');
    if (ratio === undefined) return [];
    const speed = about(median(played.map(({ slices }) => measured(slices.holdfast, 'speed'))));
    return [`${what}: ${speed} a second, ${besideText(ratio, scene!.players[0]!.name)}`];
  };
  const lines = SHORT.map((clauses) => clauses.flatMap(clauseOf)).filter(({ length }) => length > 0);
  return lines.map((clauses) => `- ${clauses.join('; ')}`).join('\n');
}

/** Goals of the scenes that were played, and of no others. */
export function goalsOf(scenes: readonly Scene[], rounds: readonly Round[]): string {
  const lines = PAIRED_GOALS.flatMap((goal) => {
    const scene = scenes.find(({ name }) => name === goal.scene);
    const played = rounds.filter((round) => round.scene === goal.scene);
    const ratio = scene && pairedRatio(scene, played, goal.player, goal.figure);
    if (scene === undefined || ratio === undefined) return [];
    const bound = goal.atLeast === undefined ? `at most ${goal.atMost}` : `at least ${Number(goal.atLeast.toFixed(2))}`;
    const verdict = verdictOf(goal, ratio);
    const what = goal.figure === 'speed' ? 'speed' : 'CPU';
    return [`| ${goal.scene} | ${goal.player} | ${what} ${bound} of ${scene.players[0]!.name} | ${ratioText(ratio)} | ${verdict} |`];
  });
  if (lines.length === 0) return '';
  return ['| scene | who | goal | measured | |', '|---|---|---|---|---|', ...lines].join('\n');
}

/** Reached if the whole interval is on the right side, short if it is on the wrong one, and otherwise undecided. */
export function verdictOf(
  { atLeast = 0, atMost = Number.POSITIVE_INFINITY }: PairedGoal,
  { low, high }: Ratio,
): 'reached' | 'short' | 'open' {
  if (low >= atLeast && high <= atMost) return 'reached';
  return high < atLeast || low > atMost ? 'short' : 'open';
}
