import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Runs the compiled tests with node:test; npm run build compiles them.

  node scripts/test.mjs [options] [part of a path...]

  stories/retries       only the test files whose path has this in it; several are added up
  --soak                the long tests (*.soak) instead
  --short               with --soak: a fiftieth of their length
  --concurrency <n>     files at a time (default: two more than there are cores, because many wait more than they work; 2 with --soak)
  --reporter <name>     of node:test (default: spec)
  --help                this
`;

/**
 * Files that start no thread and no process, and are over in a moment. The process of a file costs more than such a file itself, so that
 * all of one kind share one, unless they are asked for by their path.
 */
const SHARED = {
  rooms: /^(dispatch|options|metrics|diagnostics|docs|supervision|policies|simulation|bench|batch|faults|cli|observe\/record)\//,
  alone: [
    /^dispatch\/(results-that-hang|late-answers)\./,
    /^diagnostics\/(crash-report|channels)\./,
    /^metrics\/cells\./,
    /^options\/bad-values\./,
    /^docs\/examples/,
    /^supervision\/(scale|memory|otp)/,
    /^policies\/hedging\/(pool|stragglers)\./,
    /^policies\/redundancy\/(ballots|sealed|storm|pool|worst-moments|bad-thread|seal|options|equality)\./,
    /^simulation\/simulation\./,
    /^bench\/(run|run-child|user-task|faults|readme-figures)\./,
    /^batch\/(journal-crash|bad-days|line-task|lock|power-cut)\./,
    /^faults\/(mixed|pool|corrupt)\./,
    /^cli\/(?!display|docs|pieces)/,
  ],
};

/** These take longest: what comes last should be short, or one core waits for the other. */
const FIRST = [
  'endings/forgets',
  'docs/examples',
  'policies/redundancy/',
  'cli/',
  'processes/',
  'faults/',
  'endings/',
  'policies/',
  'package/',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    soak: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    concurrency: { type: 'string' },
    reporter: { type: 'string', default: 'spec' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const suffix = options.soak ? '.soak.js' : '.test.js';
const names = readdirSync(new URL('../dist/test', import.meta.url), { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => name.endsWith(suffix))
  .filter((name) => filters.length === 0 || filters.some((part) => `dist/test/${name}`.includes(part)))
  .sort();
if (names.length === 0) {
  console.error(`No compiled test matches ${filters.join(' ') || suffix}; run npm run build first.`);
  process.exit(1);
}

const rank = (name) => (FIRST.findIndex((part) => name.startsWith(part)) + FIRST.length + 1) % (FIRST.length + 1);
const shares = (name) => SHARED.rooms.test(name) && !SHARED.alone.some((pattern) => pattern.test(name));
const together = filters.length === 0 && !options.soak;
const alone = names.filter((name) => !together || !shares(name)).sort((a, b) => rank(a) - rank(b));

/** One file that imports the others: their tests run one after the other, and each keeps its own place in the report. */
function share(kind, members) {
  const file = `.cache/tests/${kind}.mjs`;
  mkdirSync(`${root}.cache/tests`, { recursive: true });
  writeFileSync(`${root}${file}`, members.map((name) => `import '${pathToFileURL(`${root}dist/test/${name}`)}';\n`).join(''));
  return file;
}
rmSync(`${root}.cache/tests`, { recursive: true, force: true });
const members = together ? names.filter(shares) : [];
const kinds = {
  supervision: members.filter((name) => name.startsWith('supervision/')),
  rest: members.filter((name) => !name.startsWith('supervision/')),
};
const shared = Object.entries(kinds).flatMap(([kind, of]) => (of.length === 0 ? [] : [share(kind, of)]));

const concurrency = options.concurrency ?? (options.soak ? 2 : availableParallelism() + 2);
const flags = [
  '--test',
  `--test-concurrency=${concurrency}`,
  `--test-timeout=${options.soak ? 3_600_000 : 600_000}`,
  `--test-reporter=${options.reporter}`,
];
if (options.short) process.env.HOLDFAST_SOAK_SHARE = '0.02';
const files = [...shared, ...alone.map((name) => `dist/test/${name}`)];
const { status } = spawnSync(process.execPath, [...flags, ...files], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
