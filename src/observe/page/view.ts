import { useEffect, useState } from 'preact/hooks';
import type { State, Store } from './store.ts';

/** What the person at the page has chosen. */
export interface View {
  /** Milliseconds of time from left to right; Infinity: all there is. */
  readonly span: number;
  /** The moment at the right edge, on the pool's scale; undefined: now. */
  readonly until: number | undefined;
}

export const SPANS: readonly { readonly span: number; readonly label: string; readonly key: string }[] = [
  { span: 10_000, label: '10 s', key: '1' },
  { span: 30_000, label: '30 s', key: '2' },
  { span: 120_000, label: '2 min', key: '3' },
  { span: Number.POSITIVE_INFINITY, label: 'all', key: '4' },
];

export function useStore(store: Store): State {
  const [state, set] = useState(store.state);
  useEffect(() => store.subscribe(() => set(store.state)), [store]);
  return state;
}

export type Theme = 'auto' | 'light' | 'dark';

const prefersDark = matchMedia('(prefers-color-scheme: dark)');

/** Gives the page the colours of a theme; `auto` takes what the person's system says. */
export function paint(theme: Theme): void {
  document.documentElement.dataset.theme = theme === 'auto' ? (prefersDark.matches ? 'dark' : 'light') : theme;
  // Canvases take their colours from the style, and have to be drawn anew.
  window.dispatchEvent(new Event('themechange'));
}

export function useTheme(): [Theme, () => void] {
  const [theme, set] = useState<Theme>('auto');
  useEffect(() => {
    const again = (): void => paint(theme);
    again();
    prefersDark.addEventListener('change', again);
    return () => prefersDark.removeEventListener('change', again);
  }, [theme]);
  const next: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
  return [theme, () => set(next[theme])];
}

/** Calls `changed` when the colours of the page may have changed. */
export function onTheme(changed: () => void): () => void {
  window.addEventListener('themechange', changed);
  return () => window.removeEventListener('themechange', changed);
}

/** A colour of the style sheet. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
