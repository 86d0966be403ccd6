import 'uplot/dist/uPlot.min.css';
import './style/index.css';
import { render } from 'preact';
import type { Snapshot } from '../frames.ts';
import { App } from './app.tsx';
import { connect } from './connection.ts';
import { Store } from './store.ts';
import { paint } from './view.ts';

// Before anything is drawn, so that a dark page does not begin with a flash of light.
paint('auto');
const store = new Store();
const data = document.getElementById('data')?.textContent ?? '';
if (data === '') connect(store);
else store.show(JSON.parse(data) as Snapshot);
render(<App store={store} />, document.getElementById('app')!);
