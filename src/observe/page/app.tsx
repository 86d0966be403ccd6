import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Banner } from './banner.tsx';
import { Charts } from './charts.tsx';
import { Figures } from './figures.tsx';
import { Header } from './header.tsx';
import { Lanes } from './lanes/lanes.tsx';
import { Conflicts } from './panels/conflicts.tsx';
import { Deaths } from './panels/deaths.tsx';
import { Failures } from './panels/failures.tsx';
import { Places } from './panels/places.tsx';
import { Servers } from './panels/servers.tsx';
import { Tree } from './panels/tree.tsx';
import type { Store } from './store.ts';
import { SPANS, useStore, useTheme, type View } from './view.ts';

/** Keys of the whole page. A field or a button that has the focus keeps its own. */
function useKeys(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const key = keys[event.key];
      if (key === undefined) return;
      event.preventDefault();
      key();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });
}

export function App({ store }: { store: Store }): JSX.Element {
  const { link, data, heardAt } = useStore(store);
  const [view, setView] = useState<View>({ span: link === 'report' ? Number.POSITIVE_INFINITY : 30_000, until: undefined });
  const [theme, nextTheme] = useTheme();
  const pause = (): void => setView({ ...view, until: view.until === undefined ? data?.now : undefined });
  useKeys({ p: pause, t: nextTheme, ...Object.fromEntries(SPANS.map(({ key, span }) => [key, () => setView({ ...view, span })])) });
  useEffect(() => {
    document.title = data === undefined ? 'holdfast' : `${data.verdict.state} · ${data.pool}`;
  }, [data?.verdict.state, data?.pool]);
  if (data === undefined)
    return <main class="waiting">{link === 'lost' ? 'The program does not answer. Trying again…' : 'Waiting for the first word…'}</main>;
  return (
    <>
      <Header data={data} link={link} view={view} setView={setView} pause={pause} theme={theme} nextTheme={nextTheme} />
      <main>
        <Banner data={data} link={link} />
        <Figures data={data} />
        <Lanes data={data} heardAt={heardAt} live={link === 'live'} view={view} setView={setView} />
        <Charts data={data} view={view} />
        <div class="columns">
          <div>
            <Failures data={data} />
            <Conflicts data={data} />
            <Servers data={data} />
          </div>
          <div>
            <Deaths data={data} />
            <Places data={data} />
            <Tree data={data} />
          </div>
        </div>
      </main>
      <footer>
        <p>
          Keys: <kbd>p</kbd> pause, <kbd>1</kbd> to <kbd>4</kbd> how much time is shown, <kbd>t</kbd> light or dark; on the lanes{' '}
          <kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd> go from block to block.
        </p>
        <p>
          holdfast {data.version} · Node {data.node} · process {data.pid} · read-only
        </p>
      </footer>
    </>
  );
}
