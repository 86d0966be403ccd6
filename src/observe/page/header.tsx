import type { JSX } from 'preact';
import type { Snapshot } from '../frames.ts';
import { clock, plain } from './format.ts';
import type { Link } from './store.ts';
import { SPANS, type Theme, type View } from './view.ts';

interface HeaderProps {
  readonly data: Snapshot;
  readonly link: Link;
  readonly view: View;
  readonly setView: (view: View) => void;
  readonly pause: () => void;
  readonly theme: Theme;
  readonly nextTheme: () => void;
}

const LINKS: Readonly<Record<Link, string>> = {
  connecting: 'connecting',
  live: 'live',
  stalled: 'no word',
  lost: 'connection lost',
  report: 'report',
};

export function Header({ data, link, view, setView, pause, theme, nextTheme }: HeaderProps): JSX.Element {
  const paused = view.until !== undefined;
  return (
    <header>
      <h1>
        <svg class="logo" viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2 3h12v2.5H2zM2 6.8h8v2.5H2zM2 10.6h10v2.5H2z" />
        </svg>
        {plain(data.pool)}
      </h1>
      <p class={`link ${paused ? 'paused' : link}`}>
        <span class="dot" aria-hidden="true" />
        {paused && link === 'live' ? 'paused' : LINKS[link]}
        {link === 'report' && ` of ${new Date(data.wall).toLocaleDateString('en-CA')} ${clock(data.wall)}`}
      </p>
      <div class="controls">
        <fieldset class="spans">
          <legend class="unseen">How much time is shown</legend>
          {SPANS.map(({ span, label }) => (
            <button type="button" key={label} aria-pressed={view.span === span} onClick={() => setView({ ...view, span })}>
              {label}
            </button>
          ))}
        </fieldset>
        {link !== 'report' && (
          <button type="button" class="pause" aria-pressed={paused} onClick={pause}>
            {paused ? 'Go on' : 'Pause'}
          </button>
        )}
        <button type="button" onClick={nextTheme} aria-label={`Colours: ${theme}`}>
          {theme === 'auto' ? '◐' : theme === 'light' ? '○' : '●'}
        </button>
        {link !== 'report' && (
          <a class="button" href="report.html" download>
            Save report
          </a>
        )}
      </div>
    </header>
  );
}
