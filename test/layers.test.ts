import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/**
 * Which room of src may import which; ARCHITECTURE.md says why. `type` entries may only be imported as types. A room that has rooms in it
 * is named with its own files alone; what may be imported of it from outside is any of its files.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  policies: ['core'],
  supervision: ['core'],
  dispatch: ['core', 'type executors'],
  executors: ['core', 'type thread'],
  thread: ['core'],
  metrics: ['core', 'type options'],
  diagnostics: ['core', 'type dispatch', 'type executors'],
  faults: ['core', 'options'],
  options: ['core', 'policies'],
  stream: ['core', 'options'],
  pool: ['core', 'policies', 'dispatch', 'executors', 'metrics', 'diagnostics', 'options', 'stream', 'type supervision'],
  batch: ['core', 'type supervision', 'index.ts'],
  durable: ['core', 'executors', 'options', 'batch'],
  plan: ['core'],
  adapters: ['core', 'thread', 'server', 'index.ts'],
  node: ['core', 'options', 'executors'],
  observe: ['core', 'diagnostics', 'metrics', 'options', 'index.ts'],
  cli: ['core', 'batch', 'durable', 'faults', 'node', 'observe', 'plan', 'supervision', 'index.ts'],
  server: ['core', 'metrics', 'options', 'policies', 'executors', 'thread', 'supervision', 'batch'],
  'index.ts': ['core', 'type metrics', 'type options', 'pool', 'type stream', 'supervision'],
};

/** The rooms within a room, or single files in it, that each of them may import. What has no line here may import the whole room. */
const WITHIN: Record<string, readonly string[]> = {
  'core/broker': ['core/errors.ts'],
  'core/counting': ['core/clock.ts', 'core/failure.ts'],
  'core/foreign': [],
  'core/restart': ['type core/clock.ts'],
  'core/servers': ['core/counting'],
  'core/time': ['core/clock.ts'],
  'core/wire': ['core/foreign', 'type core/attempt.ts'],
  'supervision/child': [
    'type supervision/exit.ts',
    'supervision/errors.ts',
    'type supervision/lane.ts',
    'type supervision/report.ts',
    'supervision/spec.ts',
  ],
  'dispatch/feeding': ['type dispatch/services.ts', 'type dispatch/outcomes', 'dispatch/queue', 'type dispatch/threads'],
  'dispatch/outcomes': ['type dispatch/services.ts', 'type dispatch/queue', 'type dispatch/threads'],
  'dispatch/queue': ['type dispatch/threads'],
  'dispatch/threads': ['dispatch/services.ts'],
  'pool/view': ['type pool/lifecycle.ts', 'type pool/nodes.ts', 'type pool/routes.ts', 'type pool/compose.ts'],
  'adapters/bullmq': [],
  'adapters/otel': [],
  'adapters/piscina': [],
  'adapters/xstate': [],
  'batch/machine': ['batch/errors.ts'],
  'batch/pool': ['batch/errors.ts', 'batch/options.ts', 'batch/job', 'type batch/journal'],
  'batch/lines': [
    'batch/errors.ts',
    'batch/options.ts',
    'type batch/progress.ts',
    'type batch/machine',
    'type batch/pool',
    'type batch/journal',
  ],
  'batch/journal': ['batch/errors.ts', 'batch/options.ts', 'type batch/progress.ts', 'batch/machine', 'type batch/pool', 'batch/lines'],
  'batch/job': ['batch/errors.ts', 'batch/options.ts', 'batch/machine', 'batch/lines', 'batch/journal'],
  'server/define': ['server/wire.ts'],
  'server/host': ['server/beside.ts', 'server/control.ts', 'server/wire.ts', 'type server/thread'],
  'server/log': ['server/content.ts', 'server/errors.ts', 'server/wire.ts', 'type server/define'],
  'server/members': ['server/wire.ts', 'server/host', 'type server/log'],
  'server/thread': ['server/beside.ts', 'server/content.ts', 'server/control.ts', 'server/errors.ts', 'server/wire.ts', 'server/define'],
  'executors/threads': ['executors/executor.ts', 'executors/pack.ts', 'executors/times.ts'],
  'executors/processes': ['executors/executor.ts', 'executors/pack.ts', 'executors/times.ts', 'executors/threads'],
  'executors/nodes/link': [],
  'executors/nodes/agent': [
    'executors/executor.ts',
    'executors/pack.ts',
    'executors/threads',
    'executors/processes',
    'type executors/nodes/link',
    'executors/nodes/handshake.ts',
    'executors/nodes/inbox.ts',
    'executors/nodes/outbox.ts',
    'executors/nodes/protocol.ts',
    'executors/nodes/protocol-check.ts',
  ],
  'executors/nodes': [
    'executors/executor.ts',
    'executors/pack.ts',
    'executors/processes',
    'type executors/threads',
    'type executors/nodes/link',
  ],
  'policies/hedging': ['policies/course-host.ts', 'policies/history.ts', 'policies/plain-course.ts', 'policies/retry.ts'],
  'observe/record': ['observe/frames.ts'],
  'observe/page': ['type observe/frames.ts', 'observe/page'],
  'observe/page/lanes': ['type observe/frames.ts', 'observe/page'],
  'observe/page/panels': ['type observe/frames.ts', 'observe/page'],
  'observe/http': ['observe/errors.ts', 'observe/options.ts', 'observe/frames.ts', 'observe/record'],
  'policies/redundancy': ['policies/course-host.ts', 'policies/history.ts', 'policies/plain-course.ts', 'policies/retry.ts'],
};
/** Packages, each with the only room that may import it. */
const OWNED: Record<string, string> = {
  piscina: 'executors',
  ioredis: 'executors',
  bullmq: 'durable',
  'p-retry': 'policies',
  'p-timeout': 'policies',
  'prom-client': 'metrics',
  'prom-client/lib/registry.js': 'metrics',
  '@opentelemetry/api': 'adapters',
  xstate: 'adapters',
  commander: 'cli',
  'cli-progress': 'cli',
  preact: 'observe',
  'preact/hooks': 'observe',
  uplot: 'observe',
  'uplot/dist/uPlot.min.css': 'observe',
};

const root = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(root, { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => /\.(?:c?ts|tsx)$/.test(name));

test('the root of src holds the public names, and nothing else', () => {
  assert.deepEqual(
    files.filter((file) => !file.includes('/')),
    ['index.ts'],
  );
});

/** What is written by hand: code, tests, scripts and style sheets. */
const everything = ['src', 'test', 'bench', 'examples', 'scripts'].flatMap((place) =>
  readdirSync(join(root, '..', place), { recursive: true })
    .map((name) => `${place}/${String(name).replaceAll('\\', '/')}`)
    .filter((name) => /\.(?:[cm]?[jt]s|tsx|css)$/.test(name) && !/\bnode_modules\b/.test(name)),
);

test('no folder holds more files than one can take in', () => {
  const sizes = new Map<string, number>();
  for (const file of everything) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
  for (const [folder, size] of sizes) assert.ok(size <= 18, `${folder} has ${size} files; above 18 it asks for rooms of its own`);
});

test('every file fits in the head', () => {
  const lines = (file: string): number => readFileSync(join(root, '..', file), 'utf8').split('\n').length - 1;
  const long = everything.filter((file) => lines(file) > 250);
  assert.deepEqual(long, [], 'above 250 lines it asks for a room of its own');
});

test('every room has its line, and every line its room', () => {
  const rooms = new Set(files.map((file) => file.split('/')[0]!));
  assert.deepEqual([...rooms].sort(), Object.keys(MAY_IMPORT).sort());
  const inner = new Set(files.map((file) => dirname(file)));
  for (const room of Object.keys(WITHIN)) assert.ok(inner.has(room), `${room} is not there any more`);
});

test('ARCHITECTURE.md says the same', () => {
  const text = readFileSync(join(root, '../ARCHITECTURE.md'), 'utf8');
  const names = (cell: string): string[] => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!);
  const table = Array.from(text.matchAll(/^\| `([\w.]+)\/?` \| .* \| ([^|]*) \|$/gm), ([, room, cell]) => {
    const [values, types] = cell!.split('types of');
    return [room!, [...names(values!), ...names(types ?? '').map((name) => `type ${name}`)].sort()] as const;
  });
  assert.deepEqual(
    Object.fromEntries(table),
    Object.fromEntries(Object.entries(MAY_IMPORT).map(([room, entries]) => [room, [...entries].sort()])),
  );
});

const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^;']*?from\s+)?'([^']+)'/gm;

/** Whether an import of `target` is covered by one of the entries: its room, a room around that, or the file itself. */
function isAllowed(target: string, asType: boolean, entries: readonly string[]): boolean {
  return entries.some((entry) => {
    const onlyType = entry.startsWith('type ');
    const place = onlyType ? entry.slice('type '.length) : entry;
    return (asType || !onlyType) && (target === place || target.startsWith(`${place}/`));
  });
}

for (const file of files) {
  const room = file.split('/')[0]!;
  const source = readFileSync(join(root, file), 'utf8');

  test(`${file} imports only what its room may`, () => {
    for (const [, type, target] of source.matchAll(IMPORT)) {
      const owner = OWNED[target!];
      if (owner !== undefined) assert.equal(room, owner, `${file} imports ${target}, which belongs to ${owner}/`);
      if (!target!.startsWith('.')) {
        assert.ok(owner !== undefined || isBuiltin(target!), `${file} imports ${target}, which no room owns: give it a line in OWNED`);
        continue;
      }
      const other = normalize(join(dirname(file), target!));
      const isInside = other.split('/')[0] === room;
      const allowed = isInside ? WITHIN[dirname(file)] : MAY_IMPORT[room]!;
      if (allowed === undefined || (isInside && dirname(other) === dirname(file))) continue;
      assert.ok(
        isAllowed(other, type !== undefined, allowed),
        `${file} imports ${type ?? ''}${target}; ${isInside ? dirname(file) : room} may import ${allowed.join(', ') || 'nothing of ours'}`,
      );
    }
  });
}
