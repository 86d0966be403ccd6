import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Block, MarkKind, Snapshot } from '../../frames.ts';
import { onTheme } from '../view.ts';
import { drawMark, paintsOf } from './draw.ts';
import { LOOKS, type Look, lookOf, MARKS } from './outcomes.ts';

function Sign({ kind }: { kind: MarkKind }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      const scale = window.devicePixelRatio || 1;
      canvas.current!.width = 16 * scale;
      canvas.current!.height = 16 * scale;
      const pen = canvas.current!.getContext('2d')!;
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      drawMark(pen, { ...paintsOf(pen), lane: 'transparent' }, kind, 8, 8, 4);
    };
    draw();
    return onTheme(draw);
  }, [kind]);
  return (
    <span aria-hidden="true">
      <canvas ref={canvas} class="sign" />
    </span>
  );
}

/** What colours, patterns and shapes mean: of those that are on the page, and of what every page has. */
export function Legend({ data }: { data: Snapshot }): JSX.Element {
  const { looks, copies } = useMemo(() => seenIn(data.blocks), [data.blocks]);
  const marks = useMemo(() => new Set(data.marks.map(({ kind }) => kind)), [data.marks]);
  return (
    <ul class="legend" aria-label="Legend">
      {LOOKS.filter(({ look }) => looks.has(look)).map(({ look, label }) => (
        <li key={look}>
          <span class={`swatch ${look}`} aria-hidden="true" />
          {label}
        </li>
      ))}
      {copies && (
        <li>
          <span class="swatch copy" aria-hidden="true" />
          copy of a task
        </li>
      )}
      {MARKS.filter(({ kind }) => marks.has(kind)).map(({ kind, label }) => (
        <li key={kind}>
          <Sign kind={kind} />
          {label}
        </li>
      ))}
    </ul>
  );
}

function seenIn(blocks: readonly Block[]): { readonly looks: ReadonlySet<Look>; readonly copies: boolean } {
  const looks = new Set<Look>(['ok', 'running']);
  let copies = false;
  for (const [, , , , count, failed, kind, , , , , replica] of blocks) {
    if (count === 1 || failed > 0) looks.add(lookOf(kind));
    if (count === 1 && replica > 0) copies = true;
  }
  return { looks, copies };
}
