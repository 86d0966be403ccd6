import type { Block, Snapshot } from '../../frames.ts';
import { SPANS, type View } from '../view.ts';

/** Where everything stands on the canvas, in CSS pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Left edge of the time. */
  readonly left: number;
  readonly lane: number;
  readonly gap: number;
  readonly from: number;
  readonly until: number;
  readonly slots: number;
}

/** Above the lanes: marks that belong to none. Below: the time. */
export const TOP = 16;
export const BOTTOM = 20;

/** Lanes are as high as there is room for, and as low as they must be. */
function laneHeight(slots: number): { lane: number; gap: number } {
  if (slots <= 4) return { lane: 34, gap: 6 };
  if (slots <= 12) return { lane: 24, gap: 5 };
  if (slots <= 32) return { lane: 14, gap: 3 };
  return { lane: 8, gap: 2 };
}

/** How many lanes there are: slots of now, and those that there have been. */
export function lanesOf(data: Snapshot): number {
  return data.blocks.reduce((most, [slot]) => Math.max(most, slot + 1), data.slots);
}

export function layoutOf(data: Snapshot, view: View, width: number, now: number): Layout {
  const slots = Math.max(1, lanesOf(data));
  const { lane, gap } = laneHeight(slots);
  const until = view.until ?? now;
  const first = Math.min(data.since, data.blocks[0]?.[2] ?? data.since, data.points[0]?.at ?? data.since);
  const longest = Math.max(1_000, until - first);
  const span = view.span === Number.POSITIVE_INFINITY ? longest : view.span;
  const left = width < 500 ? 34 : 88;
  return { width, height: TOP + slots * (lane + gap) + BOTTOM, left, lane, gap, from: until - span, until, slots };
}

export const laneTop = ({ lane, gap }: Layout, slot: number): number => TOP + slot * (lane + gap);
export const xOf = ({ left, width, from, until }: Layout, at: number): number => left + ((at - from) / (until - from)) * (width - left - 4);
export const timeAt = ({ left, width, from, until }: Layout, x: number): number =>
  from + ((x - left) / (width - left - 4)) * (until - from);

/** The block at a place, with a little room around it: the last one that was drawn there. */
export function blockAt(blocks: readonly Block[], layout: Layout, x: number, y: number): Block | undefined {
  const slot = Math.floor((y - TOP) / (layout.lane + layout.gap));
  const at = timeAt(layout, x);
  const room = ((layout.until - layout.from) / layout.width) * 3;
  let best: Block | undefined;
  for (const block of blocks) {
    if (block[0] !== slot || at < block[2] - room || at > block[3] + room) continue;
    // What failed is what one looks for.
    if (best === undefined || block[5] >= best[5]) best = block;
  }
  return best;
}

/** The next block in a direction: along its lane, or to the nearest one of the lane above or below. */
export function neighbour(blocks: readonly Block[], block: Block | undefined, key: string, slots: number): Block | undefined {
  if (block === undefined) return blocks.at(-1);
  const [slot, , from, until] = block;
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const lane = blocks.filter((one) => one[0] === slot).sort((a, b) => a[2] - b[2]);
    return key === 'ArrowLeft' ? lane.filter((one) => one[2] < from).at(-1) : lane.find((one) => one[2] > from);
  }
  const step = key === 'ArrowUp' ? -1 : 1;
  const middle = (from + until) / 2;
  for (let other = slot + step; other >= 0 && other < slots; other += step) {
    const lane = blocks.filter((one) => one[0] === other);
    const distance = (one: Block): number => Math.abs((one[2] + one[3]) / 2 - middle);
    if (lane.length > 0) return lane.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  }
  return undefined;
}

/** A round step for the axis: at least `room` pixels between two of its numbers. */
export function axisStep(layout: Layout, room: number): number {
  const per = (layout.until - layout.from) / Math.max(1, (layout.width - layout.left) / room);
  const steps = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000];
  return steps.find((step) => step >= per) ?? 86_400_000;
}

export const spanName = (view: View): string => SPANS.find(({ span }) => span === view.span)?.label ?? '';
