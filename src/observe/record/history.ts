import type { Block, Mark, Point } from '../frames.ts';

/** How much is kept. `recent`: the last minutes. `whole`: all of it, more coarsely the longer it gets. */
export type Keep = 'recent' | 'whole';

const POINTS = 600;
const MARKS = 400;
const BLOCKS = 12_000;

/** A list that never grows beyond a length: then its oldest go, or every two neighbours become one. */
export class Bounded<T> {
  #items: T[] = [];
  readonly #most: number;
  readonly #halve: ((items: readonly T[]) => T[]) | undefined;

  constructor(most: number, halve?: (items: readonly T[]) => T[]) {
    this.#most = most;
    this.#halve = halve;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  add(...items: readonly T[]): void {
    for (const item of items) this.#items.push(item);
    if (this.#items.length <= this.#most) return;
    // Not one at a time: that would copy the list for each.
    if (this.#halve === undefined) this.#items = this.#items.slice(this.#items.length - Math.floor(this.#most * 0.9));
    else while (this.#items.length > this.#most) this.#items = this.#halve(this.#items).slice(-this.#most);
  }
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/** Two points as one: rates as their mean, the rest as what was worse. */
function joined(a: Point, b: Point): Point {
  return {
    ...b,
    fulfilled: (a.fulfilled + b.fulfilled) / 2,
    rejected: (a.rejected + b.rejected) / 2,
    queued: Math.max(a.queued, b.queued),
    run50: larger(a.run50, b.run50),
    run99: larger(a.run99, b.run99),
    wait50: larger(a.wait50, b.wait50),
    wait99: larger(a.wait99, b.wait99),
    orphan: Math.max(a.orphan, b.orphan),
  };
}

export function halvePoints(points: readonly Point[]): Point[] {
  const halved: Point[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) halved.push(joined(points[i]!, points[i + 1]!));
  if (points.length % 2 === 1) halved.push(points.at(-1)!);
  return halved;
}

/** Neighbours on a lane as one, unless that would hide a death. */
export function halveBlocks(blocks: readonly Block[]): Block[] {
  const halved: Block[] = [];
  const open = new Map<number, number>();
  for (const block of blocks) {
    const [slot, generation, , until, count, failed, kind, busy] = block;
    const at = open.get(slot);
    const before = at === undefined ? undefined : halved[at]!;
    if (at !== undefined && before !== undefined && before[1] === generation && before[6] === kind) {
      open.delete(slot);
      const [, , from] = before;
      const rest = [before[8], before[9], before[10], before[11]] as const;
      halved[at] = [slot, generation, from, until, before[4] + count, before[5] + failed, kind, before[7] + busy, ...rest];
    } else {
      open.set(slot, halved.length);
      halved.push(block);
    }
  }
  // Where hardly two neighbours are alike, halving would never end.
  return halved.length > blocks.length * 0.9 ? halved.slice(Math.floor(halved.length / 4)) : halved;
}

/** What the page shows of the past. */
export class History {
  readonly points: Bounded<Point>;
  readonly blocks: Bounded<Block>;
  readonly marks: Bounded<Mark> = new Bounded<Mark>(MARKS);

  constructor(keep: Keep) {
    this.points = new Bounded(POINTS, keep === 'whole' ? halvePoints : undefined);
    this.blocks = new Bounded(BLOCKS, keep === 'whole' ? halveBlocks : undefined);
  }
}
