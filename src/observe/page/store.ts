import type { Block, Frame, Kept, Mark, Point, Snapshot } from '../frames.ts';

const POINTS = 600;
const BLOCKS = 12_000;
const MARKS = 400;
const EACH = 12;

export type Link = 'connecting' | 'live' | 'stalled' | 'lost' | 'report';

/** All that the page knows, in one place. */
export interface State {
  readonly link: Link;
  readonly data: Snapshot | undefined;
  /** `performance.now()` of this page when the last frame came. */
  readonly heardAt: number;
}

const cut = <T>(items: readonly T[], most: number): readonly T[] => (items.length > most * 1.1 ? items.slice(items.length - most) : items);

function joined<T extends { readonly id: number }>(old: Kept<T>, fresh: Kept<T> | null, kindOf: (record: T) => string): Kept<T> {
  if (fresh === null) return old;
  const known = new Set(old.last.map(({ id }) => id));
  const all = [...old.last, ...fresh.last.filter(({ id }) => !known.has(id))];
  const seen = new Map<string, number>();
  // The newest ones, up to a limit for each kind.
  const last = all.reverse().filter((record) => {
    const kind = kindOf(record);
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    return seen.get(kind)! <= EACH;
  });
  return { counts: fresh.counts, last: last.reverse() };
}

/** The state after a frame. */
export function applied(data: Snapshot | undefined, frame: Frame): Snapshot | undefined {
  if (frame.type === 'snapshot') return frame;
  if (data === undefined) return undefined;
  const { now, wall, stats, verdict, slots, threads, point, blocks, marks, failures, deaths, conflicts, retries, tree, servers } = frame;
  return {
    ...data,
    now,
    wall,
    stats,
    verdict,
    slots,
    threads,
    retries,
    points: point === null ? data.points : cut<Point>([...data.points, point], POINTS),
    blocks: blocks.length === 0 ? data.blocks : cut<Block>(data.blocks.concat(blocks), BLOCKS),
    marks: marks.length === 0 ? data.marks : cut<Mark>(data.marks.concat(marks), MARKS),
    failures: joined(data.failures, failures, ({ kind }) => kind),
    deaths: joined(data.deaths, deaths, ({ reason }) => reason),
    conflicts: joined(data.conflicts, conflicts, ({ verdict: of }) => of),
    tree: tree ?? data.tree,
    servers: servers ?? data.servers,
  };
}

export class Store {
  state: State = { link: 'connecting', data: undefined, heardAt: 0 };
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hear(frame: Frame): void {
    const data = applied(this.state.data, frame);
    if (data !== undefined) this.#set({ link: 'live', data, heardAt: performance.now() });
  }

  show(report: Snapshot): void {
    this.#set({ link: 'report', data: report, heardAt: performance.now() });
  }

  link(link: Link): void {
    if (link !== this.state.link) this.#set({ ...this.state, link });
  }

  #set(state: State): void {
    this.state = state;
    for (const listener of this.#listeners) listener();
  }
}
