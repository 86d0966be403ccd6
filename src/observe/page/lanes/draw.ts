import type { Block, Mark, MarkKind, Snapshot } from '../../frames.ts';
import { color } from '../view.ts';
import { axisStep, BOTTOM, type Layout, laneTop, TOP, xOf } from './layout.ts';
import { type Look, lookOf } from './outcomes.ts';

/** What the style sheet says, read once for each theme. */
export interface Paints {
  readonly looks: Readonly<Record<Look, string>>;
  readonly hatch: CanvasPattern | string;
  readonly lane: string;
  readonly line: string;
  readonly text: string;
  readonly faint: string;
  readonly mark: Readonly<Record<MarkKind, string>>;
  readonly font: string;
}

/** Stripes, so that a death differs from an error not by its colour alone. */
function hatch(context: CanvasRenderingContext2D, base: string, stripe: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = 6;
  tile.height = 6;
  const pen = tile.getContext('2d')!;
  pen.fillStyle = base;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = stripe;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const x of [-3, 3, 9]) {
    pen.moveTo(x, 6);
    pen.lineTo(x + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? base;
}

export function paintsOf(context: CanvasRenderingContext2D): Paints {
  const death = color('death');
  return {
    looks: {
      ok: color('ok'),
      error: color('error'),
      givenUp: color('given-up'),
      death,
      surplus: color('surplus'),
      running: color('running'),
    },
    hatch: hatch(context, death, color('panel')),
    lane: color('lane'),
    line: color('line'),
    text: color('text'),
    faint: color('faint'),
    mark: {
      death: color('death'),
      takeover: color('takeover'),
      spare: color('takeover'),
      orphan: color('death'),
      conflict: color('conflict'),
      hedge: color('conflict'),
      late: color('error'),
      health: color('faint'),
    },
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
}

function drawBlock(pen: CanvasRenderingContext2D, layout: Layout, paints: Paints, block: Block): void {
  const [slot, , from, until, count, failed, kind, busy, , , , replica] = block;
  if (until < layout.from || from > layout.until) return;
  const x = Math.max(layout.left, xOf(layout, from));
  const width = Math.max(kind === 'ok' ? 0.75 : 2, Math.min(layout.width, xOf(layout, until)) - x);
  const y = laneTop(layout, slot);
  const look = lookOf(kind);
  if (count > 1) {
    // Many in one: as dense as the thread was busy, and as red as they failed.
    const share = until > from ? Math.min(1, busy / (until - from)) : 1;
    pen.globalAlpha = 0.35 + 0.65 * share;
    pen.fillStyle = paints.looks.ok;
    pen.fillRect(x, y, width, layout.lane);
    pen.globalAlpha = 1;
    if (failed === 0) return;
    const height = Math.max(3, (layout.lane * failed) / count);
    pen.fillStyle = paints.looks[look];
    pen.fillRect(x, y + layout.lane - height, width, height);
    return;
  }
  pen.fillStyle = look === 'death' && width > 3 ? paints.hatch : paints.looks[look];
  pen.fillRect(x, y, width, layout.lane);
  // A copy has a foot.
  if (replica > 0 && width > 2) {
    pen.fillStyle = paints.mark.conflict;
    pen.fillRect(x, y + layout.lane - 3, width, 3);
  }
  if (width > 4) {
    pen.fillStyle = paints.lane;
    pen.fillRect(x + width - 0.75, y, 0.75, layout.lane);
  }
}

function drawRunning(pen: CanvasRenderingContext2D, layout: Layout, paints: Paints, data: Snapshot, now: number): void {
  for (const { slot, current } of data.threads) {
    if (slot < 0 || current === undefined || current.startedAt > layout.until) continue;
    const x = Math.max(layout.left, xOf(layout, current.startedAt));
    const width = Math.min(xOf(layout, now), layout.width - 4) - x;
    if (width < 1.5) continue;
    const y = laneTop(layout, slot);
    pen.fillStyle = paints.looks.running;
    pen.fillRect(x, y, width, layout.lane);
    pen.strokeStyle = paints.looks.ok;
    pen.lineWidth = 1;
    pen.strokeRect(x + 0.5, y + 0.5, width - 1, layout.lane - 1);
  }
}

const SHAPES: Readonly<Record<MarkKind, (pen: CanvasRenderingContext2D, x: number, y: number, r: number) => void>> = {
  death: (pen, x, y, r) => lines(pen, [x - r, y - r, x + r, y + r], [x - r, y + r, x + r, y - r]),
  takeover: (pen, x, y, r) => shape(pen, [x - r, y - r, x + r, y, x - r, y + r]),
  spare: (pen, x, y, r) => shape(pen, [x, y - r, x + r, y, x, y + r, x - r, y]),
  orphan: (pen, x, y, r) => {
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.stroke();
    lines(pen, [x - r * 0.7, y + r * 0.7, x + r * 0.7, y - r * 0.7]);
  },
  conflict: (pen, x, y, r) => {
    shape(pen, [x, y - r - 1, x + r + 1, y, x, y + r + 1, x - r - 1, y]);
    lines(pen, [x - r, y + r + 2, x + r, y + r + 2]);
  },
  hedge: (pen, x, y, r) => lines(pen, [x - r, y - r, x, y, x - r, y + r], [x, y - r, x + r, y, x, y + r]),
  late: (pen, x, y, r) => shape(pen, [x - r, y + r, x, y - r, x + r, y + r]),
  health: (pen, x, y, r) => shape(pen, [x - r, y - r, x + r, y - r, x, y + r]),
};

function lines(pen: CanvasRenderingContext2D, ...all: number[][]): void {
  pen.beginPath();
  for (const [x = 0, y = 0, ...rest] of all) {
    pen.moveTo(x, y);
    for (let i = 0; i < rest.length; i += 2) pen.lineTo(rest[i]!, rest[i + 1]!);
  }
  pen.stroke();
}

function shape(pen: CanvasRenderingContext2D, [x = 0, y = 0, ...rest]: number[]): void {
  pen.beginPath();
  pen.moveTo(x, y);
  for (let i = 0; i < rest.length; i += 2) pen.lineTo(rest[i]!, rest[i + 1]!);
  pen.closePath();
  pen.fill();
}

/** One mark, also for the legend. */
export function drawMark(pen: CanvasRenderingContext2D, paints: Paints, kind: MarkKind, x: number, y: number, r: number): void {
  // A rim of the ground's colour keeps it apart from the block below it.
  for (const [paint, width] of [[paints.lane, r + 1] as const, [paints.mark[kind], r / 2] as const]) {
    pen.strokeStyle = paint;
    pen.fillStyle = paint;
    pen.lineWidth = width;
    SHAPES[kind](pen, x, y, r);
    if (width > r) pen.stroke();
  }
}

function placeOf(layout: Layout, { slot }: Mark): number {
  return slot >= 0 && slot < layout.slots ? laneTop(layout, slot) + layout.lane / 2 : TOP / 2;
}

function drawAxis(pen: CanvasRenderingContext2D, layout: Layout, paints: Paints, data: Snapshot): void {
  const offset = data.wall - data.now;
  const step = axisStep(layout, layout.left < 60 ? 70 : 90);
  pen.font = paints.font;
  pen.textAlign = 'center';
  const y = layout.height - BOTTOM;
  for (let at = Math.ceil((layout.from + offset) / step) * step - offset; at <= layout.until; at += step) {
    const x = xOf(layout, at);
    if (x < layout.left + 24 || x > layout.width - 24) continue;
    pen.fillStyle = paints.line;
    pen.fillRect(x, TOP, 1, y - TOP);
    pen.fillStyle = paints.faint;
    const text = new Date(at + offset).toLocaleTimeString('en-GB');
    pen.fillText(step < 1_000 ? `${text}.${Math.floor(((at + offset) % 1_000) / 100)}` : text, x, layout.height - 6);
  }
}

function drawLanes(pen: CanvasRenderingContext2D, layout: Layout, paints: Paints, data: Snapshot): void {
  const generations = new Map(data.threads.map(({ slot, generation }) => [slot, generation]));
  pen.font = paints.font;
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  const every = layout.lane < 12 ? 4 : 1;
  for (let slot = 0; slot < layout.slots; slot++) {
    const y = laneTop(layout, slot);
    pen.fillStyle = paints.lane;
    const start = Math.min(layout.width - 4, Math.max(layout.left, xOf(layout, data.watched)));
    pen.fillRect(start, y, layout.width - start - 4, layout.lane);
    if (slot % every !== 0) continue;
    const generation = generations.get(slot);
    pen.fillStyle = paints.text;
    const name = layout.left < 60 ? String(slot) : `slot ${slot}`;
    pen.fillText(name, 2, y + layout.lane / 2);
    if (layout.left < 60 || layout.lane < 12) continue;
    pen.fillStyle = paints.faint;
    pen.fillText(generation === undefined ? 'empty' : `g${generation}`, 46, y + layout.lane / 2);
  }
}

/** Before a page was open no one looked: that is not the same as a thread without work. */
function drawUnwatched(pen: CanvasRenderingContext2D, layout: Layout, paints: Paints, { watched }: Snapshot): void {
  const width = xOf(layout, watched) - layout.left;
  if (width < 110) return;
  const [x, y] = [layout.left + width / 2, TOP + (layout.height - TOP - BOTTOM) / 2];
  pen.clearRect(x - 50, y - 8, 100, 16);
  pen.fillStyle = paints.faint;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText('no page was open', x, y);
}

/** Draws all of it. */
export function drawAll(
  pen: CanvasRenderingContext2D,
  layout: Layout,
  paints: Paints,
  data: Snapshot,
  now: number,
  chosen: Block | undefined,
): void {
  pen.clearRect(0, 0, layout.width, layout.height);
  drawLanes(pen, layout, paints, data);
  pen.textBaseline = 'alphabetic';
  drawAxis(pen, layout, paints, data);
  drawUnwatched(pen, layout, paints, data);
  for (const block of data.blocks) drawBlock(pen, layout, paints, block);
  drawRunning(pen, layout, paints, data, now);
  const r = layout.lane < 12 || layout.left < 60 ? 3 : 4;
  for (const mark of data.marks) {
    if (mark.at < layout.from || mark.at > layout.until) continue;
    drawMark(pen, paints, mark.kind, xOf(layout, mark.at), placeOf(layout, mark), r);
  }
  if (chosen === undefined || chosen[3] < layout.from) return;
  const x = Math.max(layout.left, xOf(layout, chosen[2]));
  pen.strokeStyle = paints.text;
  pen.lineWidth = 2;
  pen.strokeRect(x - 1, laneTop(layout, chosen[0]) - 1, Math.max(3, xOf(layout, chosen[3]) - x) + 2, layout.lane + 2);
}
