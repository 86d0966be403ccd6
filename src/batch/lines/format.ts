import type { InputLine } from './line-splitter.ts';

/**
 * What a line of input is.
 *
 * - `json`: a JSON value
 * - `lines`: its text
 * - `nul`: its text, and lines end with a zero byte (`find -print0`)
 * - `csv`: the fields of a row, by the names in the first row of the file
 */
export type InputFormat = 'json' | 'lines' | 'nul' | 'csv';

/** Turns the lines of one file into lines of JSON. A line with a `number` begins at that line of its file. */
export interface Shape {
  push(lines: readonly InputLine[], first: number): InputLine[];
  /** What is left when the file has ended. */
  end(): InputLine[];
}

const asText: Shape = {
  push: (lines) => lines.map((line) => (typeof line === 'string' && line !== '' ? JSON.stringify(line) : line)),
  end: () => [],
};

/** Splits a row into its fields; undefined if its quotes are not closed. */
export function fieldsOf(row: string): string[] | undefined {
  const fields: string[] = [];
  for (let at = 0; ; ) {
    if (row[at] === '"') {
      let field = '';
      for (let from = at + 1; ; ) {
        const quote = row.indexOf('"', from);
        if (quote === -1) return undefined;
        field += row.slice(from, quote);
        from = quote + 2;
        if (row[quote + 1] === '"') field += '"';
        else {
          at = quote + 1;
          break;
        }
      }
      const comma = row.indexOf(',', at);
      fields.push(field + (comma === -1 ? row.slice(at) : row.slice(at, comma)));
      at = comma === -1 ? row.length : comma;
    } else {
      const comma = row.indexOf(',', at);
      fields.push(comma === -1 ? row.slice(at) : row.slice(at, comma));
      at = comma === -1 ? row.length : comma;
    }
    if (at >= row.length) return fields;
    at++;
  }
}

/** The rows of one CSV file (RFC 4180); a row may go over several lines, at most `maxLine` characters long. */
function csvShape(maxLine: number): Shape {
  let names: readonly string[] | undefined;
  let held: { text: string; number: number } | undefined;
  const torn = (): InputLine[] => {
    const row = held;
    held = undefined;
    return row === undefined ? [] : [rowOf(row.text, row.number, undefined, names)];
  };
  const push = (lines: readonly InputLine[], first: number): InputLine[] => {
    const rows: InputLine[] = [];
    for (const [i, line] of lines.entries()) {
      if (typeof line !== 'string') {
        rows.push(...torn(), { ...line, number: first + i });
        continue;
      }
      if (held === undefined && line === '') continue;
      const { text, number } =
        held === undefined ? { text: line, number: first + i } : { text: `${held.text}\n${line}`, number: held.number };
      const fields = fieldsOf(text);
      held = fields === undefined && text.length <= maxLine ? { text, number } : undefined;
      if (held !== undefined) continue;
      if (names === undefined && fields !== undefined) names = fields;
      else rows.push(rowOf(text, number, fields, names));
    }
    return rows;
  };
  return { push, end: torn };
}

function rowOf(text: string, number: number, fields: readonly string[] | undefined, names: readonly string[] | undefined): InputLine {
  if (fields === undefined || names === undefined || fields.length !== names.length)
    return { form: 'row', text, bytes: text.length, number };
  const value = Object.fromEntries(names.map((name, i) => [name, fields[i]]));
  return { form: 'json', text: JSON.stringify(value), bytes: text.length, number };
}

/** A shape for one file; undefined where lines are taken as they are. */
export function shapeOf(format: InputFormat, maxLine: number): Shape | undefined {
  if (format === 'json') return undefined;
  return format === 'csv' ? csvShape(maxLine) : asText;
}
