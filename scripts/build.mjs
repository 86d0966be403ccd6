// Compiles src, test, bench and examples into dist, from nothing: a file that was deleted leaves no ghost.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundle, bundleAlone, bundleCommands, bundlePiscina } from './bundle.mjs';
import { makeForms } from './forms.mjs';
import { makePage } from './page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

// `npm test` compiles without asking whether the types are right, which costs more than all the rest; `npm run build` asks, as continuous integration does.
const UNCHECKED = process.argv.includes('--unchecked');

function compile(config, ...flags) {
  const { status } = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at(config), ...flags], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(at('dist'), { recursive: true, force: true });
compile('tsconfig.json', ...(UNCHECKED ? ['--noCheck'] : []));
// The observer's page lives in a browser, and has a compiler configuration of its own; nothing is made by it.
if (!UNCHECKED) compile('src/observe/page/tsconfig.json');

// What a new thread loads is one file: twenty modules, each resolved and read by itself, made its start a quarter dearer.
// It is a function, not a module: `thread/boot.cts` compiles it itself, or has its compiled form already.
for (const [session, runtime] of [
  ['thread/session.js', 'runtime.cjs'],
  ['server/thread/session.js', 'server-runtime.cjs'],
]) {
  await build({
    entryPoints: [at(`dist/src/${session}`)],
    outfile: at(`dist/src/thread/${runtime}`),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    banner: { js: '(function (exports, require, module) {' },
    footer: { js: '})' },
    target: 'node20.19',
    logLevel: 'warning',
  });
}

await makePage(at('src/observe/page'), at('dist/src/observe/page.html'));
await bundleAlone(at('dist/src/executors/processes/cell-main.js'));
await bundlePiscina(root, at('dist/src/executors/threads/piscina.cjs'));
await bundle(root, at('dist/src'), at('dist/esm'));
await bundleCommands(at('dist/src'), at('dist/cli'));
await makeForms(at('dist/src'), at('dist/esm'), at('dist/cjs'));

// Fixtures that must stay as they are written (broken modules, CommonJS) are copied, not compiled.
if (existsSync(at('test/fixtures/raw'))) cpSync(at('test/fixtures/raw'), at('dist/test/fixtures/raw'), { recursive: true });
chmodSync(at('dist/cli/main.js'), 0o755);
