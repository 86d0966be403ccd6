import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../../../../docs/settlement-matrix.md', import.meta.url));

/** A table of the settlement matrix: filled by the tests, printed, and compared with the page that shows it. */
export class Table {
  readonly #name: string;
  readonly #head: readonly string[];
  readonly #rows: (readonly (string | undefined)[])[] = [];

  constructor(name: string, head: readonly string[]) {
    this.#name = name;
    this.#head = head;
  }

  /** @param row what was seen in each column; undefined, or missing at the end, where it was not tried */
  set(at: number, row: readonly (string | undefined)[]): void {
    this.#rows[at] = row;
  }

  /** The page shows this table. With HOLDFAST_WRITE_MATRIX=1 it is written there instead. */
  publish(): void {
    const start = `<!-- matrix:${this.#name}:start -->\n`;
    const end = `\n<!-- matrix:${this.#name}:end -->`;
    const page = readFileSync(PAGE, 'utf8');
    const from = page.indexOf(start) + start.length;
    const to = page.indexOf(end);
    assert.ok(from >= start.length && to >= from, `docs/settlement-matrix.md has a place for the table ${this.#name}`);
    const shown = page
      .slice(from, to)
      .split('\n')
      .map((line) => line.slice(2, -2).split(' | '));
    // What was not tried is as the page says.
    const seen = [[...this.#head], this.#head.map(() => '---'), ...this.#rows].map((row, at) =>
      this.#head.map((_, column) => row[column] ?? shown[at]?.[column] ?? '?'),
    );
    const table = seen.map((row) => `| ${row.join(' | ')} |`).join('\n');
    console.log(table);
    if (process.env.HOLDFAST_WRITE_MATRIX === '1') writeFileSync(PAGE, page.slice(0, from) + table + page.slice(to));
    else assert.equal(page.slice(from, to), table, 'run node scripts/settlement-matrix.mjs to renew the page');
  }
}
