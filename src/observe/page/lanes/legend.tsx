import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { MarkKind } from '../../frames.ts';
import { onTheme } from '../view.ts';
import { drawMark, paintsOf } from './draw.ts';
import { LOOKS, MARKS } from './outcomes.ts';

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

/** What colours, patterns and shapes mean. */
export function Legend(): JSX.Element {
  return (
    <ul class="legend" aria-label="Legend">
      {LOOKS.map(({ look, label }) => (
        <li key={look}>
          <span class={`swatch ${look}`} aria-hidden="true" />
          {label}
        </li>
      ))}
      {MARKS.map(({ kind, label }) => (
        <li key={kind}>
          <Sign kind={kind} />
          {label}
        </li>
      ))}
    </ul>
  );
}
