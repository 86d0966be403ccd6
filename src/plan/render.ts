import { type PlanLine, SECTIONS } from './line.ts';
import type { Plan } from './plan.ts';
import { numberText, shareText, timeText } from './quantity/text.ts';

const WIDTH = 80;
const VALUE = 16;

/** Breaks words into lines of at most 80 characters, each behind the same margin. */
function wrapped(text: string, margin: string): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && margin.length + current.length + 1 + word.length > WIDTH) {
      lines.push(margin + current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, margin + current];
}

function lineText({ text, title, formula, source, assumption, because, value }: PlanLine, above: PlanLine | undefined): string {
  const margin = ' '.repeat(VALUE + 2);
  const [first, ...more] = wrapped(title, margin);
  const head = text.padStart(VALUE) + first!.slice(VALUE);
  const not = because === undefined ? [] : wrapped(`${value === undefined ? 'because' : 'not reachable, because'} ${because}`, margin);
  const detail = (label: string, what: string): string[] => {
    const [start, ...rest] = wrapped(what, `${margin}${' '.repeat(9)}`);
    return [`${margin}${label.padEnd(9)}${start!.trimStart()}`, ...rest];
  };
  return [
    head,
    ...more,
    ...not,
    ...detail('formula', formula),
    ...detail('source', source === above?.source ? 'as above' : source),
    ...detail('assumes', assumption === above?.assumption ? 'as above' : assumption),
  ].join('\n');
}

/** The plan for a person: 80 columns, each line with formula, source and assumption. */
export function planText({ system, lines }: Plan): string {
  const { nodes, rate, mtbf, takeover, load } = system;
  const head = [
    `${numberText(nodes)} ${nodes === 1 ? 'node' : 'nodes'}, ${numberText(rate)} events a second each`,
    `a failure of each every ${timeText(mtbf)}, take-over in ${timeText(takeover)}`,
    ...(load === undefined ? [] : [`load ${shareText(load)}`]),
  ].join('; ');
  const sections = SECTIONS.map((section) => ({ section, own: lines.filter((line) => line.section === section) })).filter(
    ({ own }) => own.length > 0,
  );
  const bodies = sections.map(({ section, own }) => `It ${section}\n${own.map((line, at) => lineText(line, own[at - 1])).join('\n')}`);
  return [wrapped(head, '').join('\n'), ...bodies].join('\n\n');
}
