// What the pictures of the observer show: the pool, what it is given, for how many seconds it is watched.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

let state = 7;
/** From 0 to 1, the same each time. */
const random = () => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state / 2_147_483_648;
};

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

const callers = (count, call, isOn = () => true) =>
  Promise.all(
    Array.from({ length: count }, async () => {
      while (isOn()) await call().catch(() => wait(5));
    }),
  );

/** One in twenty kills its thread or never ends; some throw. */
const fates = () => {
  const drawn = random();
  return drawn < 0.03 ? 'crash' : drawn < 0.045 ? 'hang' : drawn < 0.05 ? 'oom' : drawn < 0.08 ? 'throw' : 'fine';
};

const TASKS = new URL('./tasks.mjs', import.meta.url);
const named = (pool) => ({ filename: TASKS, metrics: { labels: { pool } } });
const limits = { resourceLimits: { maxOldGenerationSizeMb: 40 } };
const restart = { intensity: 100_000 };
const thumbnails = (pool, count) => Promise.all(Array.from({ length: count }, () => pool.run(30, { name: 'thumbnail' })));

/** Three nodes; one is killed, and another comes in its place. */
async function nodes() {
  const { endAll, startNode, startRedis } = await import('../../dist/examples/nodes/programs.js');
  process.once('exit', endAll);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-pictures-'));
  const url = await startRedis(folder);
  const start = () => startNode(url, fileURLToPath(TASKS), folder, ['--threads', '2']);
  const [, lost] = [await start(), await start(), await start()];
  setTimeout(async () => {
    lost.kill('SIGKILL');
    await wait(3_000);
    await start();
  }, 6_000);
  return { nodes: { url } };
}

async function servers() {
  const { startServer } = await import('../../dist/src/server/index.js');
  const filename = new URL('./ledger.mjs', import.meta.url);
  const of = (name, options) => startServer({ filename, name, restart: { intensity: 1_000 }, ...options });
  const [ledger, votes] = [await of('ledger', { standby: 1 }), await of('votes', { replicas: 3, isolation: 'process' })];
  let to = 0;
  callers(4, () => ledger.call('pay', { to: `account ${to++ % 50}`, amount: 1 }).then(() => wait(2)));
  callers(1, () => votes.call('pay', { to: `account ${to++ % 50}`, amount: 1 }).then(() => wait(10)));
  setInterval(() => ledger.call('audit', 'account 7').catch(() => {}), 3_000);
}

export const SCENES = {
  idle: { pool: { ...named('thumbnails'), threads: 4, spares: 1 }, feed: (pool) => thumbnails(pool, 12), seconds: 6 },
  flood: { pool: { ...named('parser'), threads: 4, spares: 1 }, feed: (pool) => callers(1_024, () => pool.run(1)), seconds: 12 },
  faults: {
    pool: { ...named('thumbnails'), ...limits, threads: 4, spares: 2, timeout: 400, restart },
    feed: (pool) => callers(10, () => pool.run({ ms: 8 + 30 * random(), fate: fates() }, { name: 'shaky', retry: 1 })),
    seconds: 16,
  },
  vote: {
    pool: { ...named('ledger'), threads: 4, spares: 1, redundancy: 3 },
    feed: (pool) => callers(4, () => pool.run({ ms: 6 + 20 * random(), of: [Math.floor(100 * random()), 2, 3] }, { name: 'sum' })),
    seconds: 14,
  },
  overloaded: {
    pool: { ...named('reports'), threads: 2, spares: 0 },
    feed: (pool) => {
      setInterval(() => {
        for (let i = 0; i < 40; i++) pool.run(25, { name: 'thumbnail' }).catch(() => {});
      }, 200);
    },
    seconds: 14,
  },
  failed: {
    pool: {
      ...named('thumbnails'),
      filename: new URL('./tasks.mjs?broken', import.meta.url),
      threads: 2,
      spares: 0,
      restart: { intensity: 2 },
    },
    feed: (pool) => pool.run(1).catch(() => {}),
    seconds: 5,
  },
  cells: {
    pool: { ...named('native'), threads: 4, spares: 1, isolation: 'process', timeout: 400, restart },
    feed: (pool) =>
      callers(8, () => pool.run({ ms: 10 + 20 * random(), fate: random() < 0.02 ? 'crash' : 'fine' }, { name: 'shaky', retry: 1 })),
    seconds: 12,
  },
  elastic: {
    pool: { ...named('uploads'), threads: { min: 1, max: 6 }, spares: 0, idleTimeout: 1_200 },
    feed: async (pool) => {
      for (;;) {
        const until = performance.now() + 4_000;
        await callers(
          12,
          () => pool.run(30, { name: 'thumbnail' }),
          () => performance.now() < until,
        );
        await wait(5_000);
      }
    },
    seconds: 22,
  },
  nodes: {
    pool: { ...named('render') },
    more: nodes,
    feed: (pool) => callers(12, () => pool.run(20 + 40 * random(), { name: 'thumbnail', retry: 3 }).then(() => wait(20))),
    seconds: 13,
  },
  servers: {
    pool: { ...named('orders'), threads: 2, spares: 0 },
    more: servers,
    feed: (pool) => callers(2, () => pool.run(20, { name: 'thumbnail' })),
    seconds: 11,
  },
};

export const PICTURES = {
  idle: { scene: 'idle' },
  flood: { scene: 'flood' },
  faults: { scene: 'faults', whole: true },
  vote: { scene: 'vote', whole: true },
  overloaded: { scene: 'overloaded' },
  failed: { scene: 'failed', whole: true },
  cells: { scene: 'cells', whole: true },
  elastic: { scene: 'elastic', span: '2' },
  nodes: { scene: 'nodes', whole: true, span: '2' },
  servers: { scene: 'servers', whole: true },
  dark: { scene: 'faults', dark: true },
  phone: { scene: 'faults', width: 390, height: 980 },
};

/** The pool of a scene in this program, with its page. @returns where the page is */
export async function serve(name, options = { keep: 'whole' }) {
  const { Pool } = await import('../../dist/src/index.js');
  const { observe } = await import('../../dist/src/observe/index.js');
  const { pool: settings, more = () => {}, feed } = SCENES[name];
  process.once('SIGTERM', () => process.exit());
  const pool = new Pool({ ...settings, ...(await more()) });
  const page = await observe(pool, options);
  setInterval(() => {}, 1_000);
  pool
    .ready()
    .catch(() => {})
    .then(() => feed(pool));
  return page.url;
}
