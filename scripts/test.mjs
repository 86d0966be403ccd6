import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Runs the compiled tests with node:test; npm run build compiles them.

  node scripts/test.mjs [options] [part of a path...]

  stories/retries       only the test files whose path has this in it; several are added up
  --soak                every case of every test, and the long tests (*.soak) too
  --short               with --soak: the long ones at a fiftieth of their length
  --concurrency <n>     files at a time (default: two more than there are cores, because many wait more than they work; 2 with --soak)
  --reporter <name>     of node:test (default: spec)
  --list                only says which files would run in one process
  --help                this
`;

/**
 * Files share a process with others of their folder: to start one and to load the pool costs more than most files do themselves. Their tests
 * run one after the other. A long test, and a file that is asked for by its path, has a process to itself.
 *
 * These have one always.
 */
const ALONE = [
  // They change what belongs to the whole process.
  /^adapters\/otel\//,
  /^cli\/display\./,
  /^supervision\/(memory|scale)\./,
];

/** Files that share a process at most: no core should wait long for the last of another. */
const TOGETHER = 40;

/** Rooms whose files start no thread and no process to speak of share one among them. */
const LIGHT = /^(core|dispatch|options|metrics|diagnostics|docs|bench|ops|layers)\b/;

/** Small rooms that share the processes of a larger one: with one that computes those that compute, with one that waits those that wait. */
const ROOMMATES = {
  adapters: 'pool',
  endings: 'durable',
  examples: 'faults',
  hostile: 'pool',
  mutants: 'simulation',
  observers: 'pool',
  pauses: 'durable',
  plan: 'simulation',
  processes: 'executors',
  'seven-nines': 'simulation',
  supervision: 'policies',
  xstate: 'server',
};

/** These take longest, because they have much to do or because they wait: what comes last should be short, or one core waits for the other. */
const FIRST = [
  'nodes',
  'stories',
  'durable',
  'server',
  'observe',
  'homes',
  'light',
  'cli',
  'executors',
  'pool',
  'faults',
  'simulation',
  'policies',
  'batch',
  'bullmq',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    soak: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    concurrency: { type: 'string' },
    reporter: { type: 'string', default: 'spec' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const tests = options.soak ? /\.(test|soak)\.js$/ : /\.test\.js$/;
const names = readdirSync(new URL('../dist/test', import.meta.url), { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => tests.test(name))
  .filter((name) => filters.length === 0 || filters.some((part) => `dist/test/${name}`.includes(part)))
  .sort();
if (names.length === 0) {
  console.error(`No compiled test matches ${filters.join(' ') || tests}; run npm run build first.`);
  process.exit(1);
}

const rank = ({ room }) => (FIRST.indexOf(room) + FIRST.length + 1) % (FIRST.length + 1);
const alone = (name) => filters.length > 0 || name.endsWith('.soak.js') || ALONE.some((pattern) => pattern.test(name));

/** One file that imports the others: their tests run one after the other. node:test sorts its files by name, so that a number says which is first. */
function share({ name, members }, at) {
  const file = `.cache/tests/${String(at + 1).padStart(2, '0')}-${name}.mjs`;
  mkdirSync(`${root}.cache/tests`, { recursive: true });
  writeFileSync(`${root}${file}`, members.map((one) => `import '${pathToFileURL(`${root}dist/test/${one}`)}';\n`).join(''));
  return file;
}
rmSync(`${root}.cache/tests`, { recursive: true, force: true });

function roomOf(name) {
  if (LIGHT.test(name)) return 'light';
  // They have one Redis, and workers that stay until the end.
  if (name.startsWith('adapters/bullmq/')) return 'bullmq';
  // Both need the package packed, which is done once a process.
  if (name.startsWith('package/')) return 'homes';
  const room = name.slice(0, name.indexOf('/'));
  return ROOMMATES[room] ?? room;
}

/** The files of each room, in parts of about the same size. */
const rooms = new Map();
for (const name of names.filter((one) => !alone(one))) {
  const room = roomOf(name);
  rooms.set(room, [...(rooms.get(room) ?? []), name]);
}
const shared = [...rooms].flatMap(([room, members]) => {
  const parts = room === 'light' ? 1 : Math.ceil(members.length / TOGETHER);
  return Array.from({ length: parts }, (_, part) => ({
    room,
    name: `${room}-${part + 1}`,
    members: members.filter((_, at) => at % parts === part),
  }));
});
// Those that are alone are short, and come last.
const runs = [...shared.sort((a, b) => rank(a) - rank(b)).map(share), ...names.filter(alone).map((name) => `dist/test/${name}`)];

if (options.list) {
  for (const run of runs) console.log(run);
  process.exit(0);
}

const concurrency = options.concurrency ?? (options.soak ? 2 : availableParallelism() + 2);
const flags = [
  '--test',
  `--test-concurrency=${concurrency}`,
  `--test-timeout=${options.soak ? 3_600_000 : 600_000}`,
  `--test-reporter=${options.reporter}`,
];
process.env.HOLDFAST_SOAK = options.soak ? '1' : '0';
if (options.short) process.env.HOLDFAST_SOAK_SHARE = '0.02';
// Of cases that are many, `npm test` has some, and others each time (test/soak.ts); of a file that is asked for by its path, all.
if (!options.soak && filters.length === 0) process.env.HOLDFAST_DRAW ??= String(Math.floor(Math.random() * 1e6));
const { HOLDFAST_DRAW: draw } = process.env;
const again = draw === undefined ? '' : `HOLDFAST_DRAW=${draw} runs the same cases again.\n`;
process.stdout.write(again);
const { status } = spawnSync(process.execPath, [...flags, ...runs], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.stdout.write(again);
process.exit(status ?? 1);
