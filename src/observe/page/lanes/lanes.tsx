import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Block, Mark, Snapshot } from '../../frames.ts';
import { clock, count, plain, time } from '../format.ts';
import { onTheme, type View } from '../view.ts';
import { drawAll, type Paints, paintsOf } from './draw.ts';
import { blockAt, type Layout, lanesOf, layoutOf, neighbour, timeAt, xOf } from './layout.ts';
import { Legend } from './legend.tsx';
import { WORDS } from './outcomes.ts';

interface LanesProps {
  readonly data: Snapshot;
  readonly heardAt: number;
  readonly live: boolean;
  readonly view: View;
  readonly setView: (view: View) => void;
}

const HINT = matchMedia('(hover: none)').matches
  ? 'Tap a block to read what it was.'
  : 'Point at a block, or go there with the arrow keys, to read what it was.';
/** Milliseconds between two drawings while time runs. */
const FRAME = 50;
/** Time runs on so far behind the last word: what comes with the next one is drawn where it is seen to come. */
const BEHIND = 300;

function wordsOf(block: Block, data: Snapshot): string {
  const [slot, generation, from, until, many, failed, kind, , taskId, name, attempt, replica] = block;
  const when = clock(from + data.wall - data.now);
  const where = `Slot ${slot}, generation ${generation}, ${when}`;
  if (many > 1)
    return `${where}: ${count(many)} attempts in ${time(until - from)}, the first of task ${taskId} (${plain(name)}); ${failed === 0 ? 'none' : count(failed)} failed.`;
  const which = `task ${taskId} (${plain(name)}), attempt ${attempt}${replica > 0 ? `, copy ${replica}` : ''}`;
  return `${where}: ${which} ${WORDS[kind]} after ${time(until - from)}.`;
}

function marksNear(marks: readonly Mark[], layout: Layout, x: number, slot: number): string {
  const near = marks.filter((mark) => Math.abs(xOf(layout, mark.at) - x) < 7 && (mark.slot === slot || mark.slot < 0));
  return near
    .slice(-4)
    .map(({ text }) => plain(text))
    .join('; ');
}

/** Draws as long as it lives, and again whenever something changes. */
class Painter {
  props: LanesProps;
  chosen: Block | undefined;
  layout: Layout;
  readonly #canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D;
  #paints: Paints;
  #drawnAt = 0;
  #request = 0;

  constructor(canvas: HTMLCanvasElement, props: LanesProps) {
    this.#canvas = canvas;
    this.props = props;
    this.#pen = canvas.getContext('2d')!;
    this.#paints = paintsOf(this.#pen);
    this.layout = layoutOf(props.data, props.view, canvas.clientWidth, props.data.now);
  }

  start(): () => void {
    const step = (at: number): void => {
      this.#request = requestAnimationFrame(step);
      // Where time stands still, what changes is drawn when it changes.
      if (!this.props.live || this.props.view.until !== undefined || at - this.#drawnAt < FRAME) return;
      this.#drawnAt = at;
      this.draw();
    };
    this.#request = requestAnimationFrame(step);
    const off = onTheme(() => {
      this.#paints = paintsOf(this.#pen);
      this.draw();
    });
    const resized = new ResizeObserver(() => this.draw());
    resized.observe(this.#canvas);
    return () => {
      cancelAnimationFrame(this.#request);
      resized.disconnect();
      off();
    };
  }

  draw(): void {
    const { data, live, heardAt, view } = this.props;
    const now = live ? data.now + (performance.now() - heardAt) - BEHIND : data.now;
    const width = this.#canvas.clientWidth;
    this.layout = layoutOf(data, view, width, now);
    const scale = window.devicePixelRatio || 1;
    const [pixels, lines] = [Math.round(width * scale), Math.round(this.layout.height * scale)];
    if (this.#canvas.width !== pixels) this.#canvas.width = pixels;
    if (this.#canvas.height !== lines) this.#canvas.height = lines;
    this.#pen.setTransform(scale, 0, 0, scale, 0, 0);
    drawAll(this.#pen, this.layout, this.#paints, data, Math.min(now, this.layout.until), this.chosen);
  }
}

export function Lanes(props: LanesProps): JSX.Element {
  const { data, view, setView } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter | undefined>(undefined);
  const [said, say] = useState('');
  useEffect(() => {
    painter.current = new Painter(canvas.current!, props);
    painter.current.draw();
    return painter.current.start();
  }, []);
  useEffect(() => {
    painter.current!.props = props;
    painter.current!.draw();
  });
  const choose = (block: Block | undefined, more = ''): void => {
    painter.current!.chosen = block;
    say([block === undefined ? '' : wordsOf(block, data), more].filter((text) => text !== '').join(' '));
    painter.current!.draw();
  };
  const pointed = (event: PointerEvent): void => {
    const { layout } = painter.current!;
    const [x, y] = [event.offsetX, event.offsetY];
    const slot = Math.floor((y - 16) / (layout.lane + layout.gap));
    choose(blockAt(data.blocks, layout, x, y), marksNear(data.marks, layout, x, slot));
  };
  const pressed = (event: KeyboardEvent): void => {
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    const next = neighbour(data.blocks, painter.current!.chosen, event.key, lanesOf(data)) ?? painter.current!.chosen;
    if (next === undefined) return;
    const { layout } = painter.current!;
    // What is looked at stays in sight.
    if (view.until === undefined && props.live) setView({ ...view, until: data.now });
    else if (next[2] < layout.from || next[3] > layout.until)
      setView({ ...view, until: Math.min(data.now, (next[2] + next[3]) / 2 + (layout.until - layout.from) / 2) });
    choose(next);
  };
  const dragged = useRef<number | undefined>(undefined);
  const dragging = (event: PointerEvent): void => {
    const { layout } = painter.current!;
    if (dragged.current === undefined || event.buttons !== 1) {
      pointed(event);
      return;
    }
    const at = timeAt(layout, event.offsetX);
    if (Math.abs(at - dragged.current) < (layout.until - layout.from) / layout.width) return;
    setView({ ...view, until: Math.min(data.now, layout.until + dragged.current - at) });
  };
  const height = layoutOf(data, view, 1_000, data.now).height;
  return (
    <section class="panel lanes" aria-labelledby="lanes">
      <h2 id="lanes">Threads</h2>
      <div class="scroll">
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: the arrow keys are the timeline's own */}
        <canvas
          ref={canvas}
          style={{ height: `${height}px` }}
          tabIndex={0}
          role="application"
          aria-roledescription="timeline"
          aria-label={`What ${lanesOf(data)} slots did: a lane each, time to the right. Arrow keys go from block to block.`}
          aria-describedby="said"
          onPointerMove={dragging}
          onPointerDown={(event) => {
            dragged.current = timeAt(painter.current!.layout, event.offsetX);
            pointed(event);
          }}
          onPointerUp={() => {
            dragged.current = undefined;
          }}
          onPointerLeave={() => {
            dragged.current = undefined;
          }}
          onKeyDown={pressed}
        />
      </div>
      <p id="said" class="said" aria-live="polite">
        {said === '' ? HINT : said}
      </p>
      <Legend data={data} />
    </section>
  );
}
