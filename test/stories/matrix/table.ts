import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../../../../docs/settlement-matrix.md', import.meta.url));

/** A table of the settlement matrix: filled by the tests, printed, and compared with the page that shows it. */
export class Table {
  readonly #name: string;
  readonly #head: readonly string[];
  readonly #rows: string[][] = [];

  constructor(name: string, head: readonly string[]) {
    this.#name = name;
    this.#head = head;
  }

  add(row: readonly string[]): void {
    this.#rows.push([...row]);
  }

  toString(): string {
    const all = [[...this.#head], this.#head.map(() => '---'), ...this.#rows];
    return all.map((row) => `| ${row.join(' | ')} |`).join('\n');
  }

  /** The page shows this table. With HOLDFAST_WRITE_MATRIX=1 it is written there instead. */
  publish(): void {
    console.log(this.toString());
    const start = `<!-- matrix:${this.#name}:start -->\n`;
    const end = `\n<!-- matrix:${this.#name}:end -->`;
    const page = readFileSync(PAGE, 'utf8');
    const from = page.indexOf(start) + start.length;
    const to = page.indexOf(end);
    assert.ok(from >= start.length && to >= from, `docs/settlement-matrix.md has a place for the table ${this.#name}`);
    if (process.env.HOLDFAST_WRITE_MATRIX === '1') writeFileSync(PAGE, page.slice(0, from) + this.toString() + page.slice(to));
    else assert.equal(page.slice(from, to), this.toString(), 'run node scripts/settlement-matrix.mjs to renew the page');
  }
}
