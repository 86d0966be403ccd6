// What an open page costs the program: no page, one and ten in one interleaved run, and the share of the main thread's time that the observer takes.
import { fork } from 'node:child_process';
import { get } from 'node:http';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { interval, mainThread, mean, wait } from './pairs.mjs';

const HELP = `What the observer costs; npm run build first.

  node scripts/observer/cost.mjs [options]

  --rounds <n>   rounds of one slice each: no page, one, ten, in changing order (default: 60)
  --slice <ms>   length of a slice (default: 1000)
  --profile <s>  seconds of a profile for each number of pages, after the rounds (default: 0, none)
  --help         this
`;
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    slice: { type: 'string', default: '1000' },
    profile: { type: 'string', default: '0' },
    reader: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const MODES = [0, 1, 10];
const CALLERS = 256;

/** The other process: opens as many streams as it is told, and reads them as a page would, without drawing. */
function read() {
  const open = [];
  process.on('message', async ({ url, count }) => {
    while (open.length > count) open.pop().destroy();
    while (open.length < count) {
      const request = get(`${url}events`, (answer) => answer.resume());
      request.on('error', () => {});
      await new Promise((resolve) => request.once('response', resolve));
      open.push(request);
    }
    process.send('ready');
  });
}

async function slice(pool) {
  // What a page costs once, its first snapshot, is over by then.
  await wait(600);
  const [tasks, cpu, at] = [pool.stats().fulfilled, mainThread(), performance.now()];
  await wait(Number(options.slice));
  const done = pool.stats().fulfilled - tasks;
  return { rate: (done / (performance.now() - at)) * 1_000, cpu: (mainThread() - cpu) / done };
}

async function paired(pool, pages) {
  const seen = new Map(MODES.map((mode) => [mode, []]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const mode of round % 2 === 0 ? MODES : MODES.toReversed()) {
      await pages(mode);
      seen.get(mode).push(await slice(pool));
    }
  }
  const base = seen.get(0);
  const against = (all, what) => interval(all.map((one, i) => one[what] / base[i][what]));
  for (const [mode, all] of seen) {
    const line = `${String(mode).padStart(2)} pages  ${Math.round(mean(all.map(({ rate }) => rate)) / 1_000)} k tasks/s`;
    const more = `  throughput ${against(all, 'rate')}  CPU a task, main thread ${against(all, 'cpu')}`;
    console.log(mode === 0 ? line : line + more);
  }
}

const OURS = /\/observe\/|told-work|core\/(watch|gathering)/;
const percent = (share) => `${(share * 100).toFixed(2)} %`;

/** Functions of the observer that are named, with their own time and what they called that is not the observer's. */
const NAMED = 6;

/** The share of the main thread's busy time in which code of the observer, or what it called, was at work, and where. */
function shareOf({ nodes, samples, timeDeltas }) {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  /** The innermost function of the observer, if there is one. */
  const oursOf = (id) => (id === undefined || OURS.test(known.get(id).callFrame.url) ? id : oursOf(parents.get(id)));
  let [busy, ours] = [0, 0];
  const functions = new Map();
  for (const [i, id] of samples.entries()) {
    if (/^\((idle|program)\)$/.test(known.get(id).callFrame.functionName)) continue;
    busy += timeDeltas[i];
    const own = oursOf(id);
    if (own === undefined) continue;
    ours += timeDeltas[i];
    const { functionName } = known.get(own).callFrame;
    functions.set(functionName, (functions.get(functionName) ?? 0) + timeDeltas[i]);
  }
  const most = [...functions].sort(([, a], [, b]) => b - a).slice(0, NAMED);
  return { share: ours / busy, busy: busy / 1e6, most: most.map(([name, time]) => `${name} ${percent(time / busy)}`).join(', ') };
}

async function profile(pages) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  for (const mode of MODES) {
    await pages(mode);
    await wait(600);
    await session.post('Profiler.start');
    await wait(Number(options.profile) * 1_000);
    const { share, busy, most } = shareOf((await session.post('Profiler.stop')).profile);
    console.log(`${String(mode).padStart(2)} pages  ${percent(share)} of ${busy.toFixed(1)} busy seconds of the main thread: ${most}`);
  }
  session.disconnect();
}

async function measure() {
  const { Pool } = await import('../../dist/src/index.js');
  const { observe } = await import('../../dist/src/observe/index.js');
  const pool = new Pool({ filename: new URL('./tasks.mjs', import.meta.url), threads: 2, spares: 0 });
  await pool.ready();
  const page = await observe(pool);
  const reader = fork(fileURLToPath(import.meta.url), ['--reader']);
  const pages = async (count) => {
    reader.send({ url: page.url, count });
    await new Promise((resolve) => reader.once('message', resolve));
  };
  let running = true;
  const load = Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (running) await pool.run(1);
    }),
  );
  await wait(2_000);
  if (Number(options.rounds) > 0) await paired(pool, pages);
  if (Number(options.profile) > 0) await profile(pages);
  running = false;
  await load;
  reader.kill();
  await page.close();
  await pool.close();
}

if (options.help) process.stdout.write(HELP);
else if (options.reader) read();
else await measure();
