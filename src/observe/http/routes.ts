import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeThrown } from '../../diagnostics/thrown.ts';
import type { TreeNode } from '../../index.ts';
import type { VerdictState } from '../frames.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Observed } from '../record/watch-pool.ts';
import { type Answer, JSON_TYPE, plain, send } from './answer.ts';
import { entered, isKnown, unknown } from './guard.ts';
import { metricsAnswer } from './metrics-answer.ts';
import { livePage, reportPage } from './page-file.ts';
import type { Streams } from './streams.ts';
import { targetOf } from './target.ts';

/** What there is to serve, as soon as there is a pool. */
export interface Site {
  readonly pool: Observed;
  readonly recorder: Recorder;
  readonly streams: Streams;
}

export interface RouteOptions {
  readonly token: string | undefined;
  readonly path: string;
  readonly tree: () => TreeNode;
  /** Undefined until there is a pool. */
  readonly site: () => Site | undefined;
  /** Serve numbers alone: no page, and nothing that comes from a task but its name. */
  readonly numbersOnly?: boolean;
}

const METRICS = 'text/plain; version=0.0.4; charset=utf-8';
/** Milliseconds for which one reading answers every request: scrapers in a loop must not slow the pool down. */
const FRESH = 200;
const UNREADY: ReadonlySet<VerdictState> = new Set(['starting', 'overloaded', 'dead', 'failed', 'closed']);
const PATHS = '/, /metrics, /live, /ready, /tree, /stats, /events and /report.html';
const NUMBERS = new Set(['/metrics', '/tree', '/stats']);

const json = (value: unknown): Answer => ({ status: 200, type: JSON_TYPE, body: JSON.stringify(value) });

function cached<T>(read: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | undefined;
  return () => {
    if (last === undefined) {
      last = read();
      const forget = () => {
        last = undefined;
      };
      setTimeout(forget, FRESH).unref();
      last.catch(forget);
    }
    return last;
  };
}

/** Answers every request to an observer; nothing that comes in has an effect on the pool. */
export class Routes {
  readonly #options: RouteOptions;
  readonly #metrics: () => Promise<Answer>;
  readonly #report: () => Promise<Answer>;

  constructor(options: RouteOptions) {
    this.#options = options;
    this.#metrics = cached(async () => {
      const pool = options.site()?.pool;
      return pool === undefined ? { status: 200, type: METRICS, body: '' } : metricsAnswer(pool);
    });
    this.#report = cached(async () => reportPage(options.site()!.recorder.snapshot()));
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request, response)
      .catch((error) => plain(500, describeThrown(error).message))
      .then((answer) => answer && send(request, response, answer))
      .catch(() => response.destroy());
  }

  /** @returns undefined if the request has its answer already */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const { token, path: mount } = this.#options;
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plain(405, 'Expected GET or HEAD: nothing here can be changed.', { allow: 'GET, HEAD' });
    const target = targetOf(request, mount);
    if (target === undefined) return plain(400, 'Expected a path such as /metrics.');
    const probe = this.#probe(target.path);
    if (probe !== undefined) return probe;
    if (token !== undefined && !isKnown(request, token)) return entered(target.query, token) ?? unknown();
    if (target.slash !== undefined) return plain(308, 'The page is here with a slash.', { location: `./${target.slash}` });
    if (this.#options.numbersOnly === true && !NUMBERS.has(target.path ?? ''))
      return plain(404, `Here are ${[...NUMBERS].join(', ')}, /live and /ready. The page needs a token where other machines may ask.`);
    return this.#page(target.path, request, response);
  }

  /** What kubelet asks, without a token: a word, and no more. */
  #probe(path: string | undefined): Answer | undefined {
    if (path !== '/live' && path !== '/ready') return undefined;
    const site = this.#options.site();
    if (path === '/live') {
      const health = site?.pool.stats().health ?? 'starting';
      return plain(health === 'failed' ? 503 : 200, health);
    }
    const state = site?.recorder.verdict().state ?? 'starting';
    return plain(UNREADY.has(state) ? 503 : 200, state);
  }

  async #page(path: string | undefined, request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    if (path === '/metrics') return this.#metrics();
    if (path === '/tree') return json(this.#options.tree());
    const known = path === '/' || path === '/stats' || path === '/events' || path === '/report.html';
    if (!known) return plain(404, `There are ${PATHS}.`);
    const site = this.#options.site();
    if (site === undefined) return plain(503, 'The pool is not there yet.', { 'retry-after': '1', refresh: '1' });
    if (path === '/') return livePage();
    if (path === '/report.html') return this.#report();
    if (path === '/stats') return json(statsOf(site));
    site.streams.open(request, response);
    return undefined;
  }
}

function statsOf({ pool, recorder }: Site): unknown {
  const { run, wait } = recorder.quantiles();
  const times = ([p50 = null, p99 = null]: (number | null)[]) => ({ p50, p99 });
  return { pool: pool.name, verdict: recorder.verdict(), ...pool.stats(), runMs: times(run), waitMs: times(wait) };
}
