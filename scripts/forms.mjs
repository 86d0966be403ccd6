// What the package needs besides the compiled ES modules in dist/src: declarations that every TypeScript reads, and CommonJS.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const files = (folder) => readdirSync(folder, { recursive: true }).map(String).sort();

/** Declarations name files that exist, and say whose types they use: without `@types/node` the compiler then says what is missing. */
function mendDeclarations(from) {
  for (const name of files(from).filter((file) => file.endsWith('.d.ts'))) {
    const path = join(from, name);
    const text = readFileSync(path, 'utf8').replace(/(from '|import\(['"])(\.[^'"]*)\.ts(['"])/g, '$1$2.js$3');
    const usesNode = /NodeJS\.|Buffer|AbortSignal|AsyncDisposable|SharedArrayBuffer|MessagePort|'node:|\bURL\b/.test(text);
    writeFileSync(path, usesNode && !text.startsWith('///') ? `/// <reference types="node" />\n${text}` : text);
  }
}

/** The modules that the entry points of package.json are made of. */
async function reached(from) {
  const { exports } = JSON.parse(readFileSync(join(from, '../../package.json'), 'utf8'));
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default.default]));
  const { metafile } = await build({
    entryPoints: entries.map((entry) => join(from, '../..', entry)),
    outdir: 'unused',
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    external: ALONE.map((file) => `*/${file}`),
  });
  return Object.keys(metafile.inputs).map((input) => relative(from, resolve(input)));
}

/** Loaded by threads and cells alone, which have one form. `executors/traced` names them, for tools that copy what is needed. */
const ALONE = ['thread/boot.cjs', 'processes/cell-main.js'];

/** Dependencies that have no CommonJS form of their own. */
const VENDOR = ['p-retry', 'p-timeout'];

/**
 * The same modules as CommonJS, file by file, for what cannot load ES modules (Jest without its flag, programs on a Node that does not require
 * them). Threads and cells load what they always load: for each module, `import.meta.url` is that of its twin in `src`.
 */
async function commonJs(from, to) {
  const modules = await reached(from);
  await build({
    entryPoints: modules.map((name) => join(from, name)),
    outbase: from,
    outdir: to,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    define: { 'import.meta.url': '__twin' },
    supported: { 'dynamic-import': true },
    logLevel: 'warning',
  });
  for (const vendor of VENDOR) {
    await build({
      stdin: { contents: `module.exports = require('${vendor}').default`, resolveDir: from },
      outfile: join(to, 'vendor', `${vendor}.js`),
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20.19',
      logLevel: 'warning',
    });
  }
  for (const name of modules) {
    const path = join(to, name);
    let text = readFileSync(path, 'utf8');
    for (const vendor of VENDOR) {
      const there = relative(dirname(path), join(to, 'vendor', vendor)).replaceAll('\\', '/');
      text = text.replaceAll(`require("${vendor}")`, `require("./${there}.js")`.replace('"./../', '"../'));
    }
    if (name.endsWith('traced.js')) {
      text = text.replaceAll('"../thread/', '"../../src/thread/').replaceAll('"./processes/', '"../../src/executors/processes/');
    }
    if (text.includes('__twin')) {
      const twin = relative(dirname(path), join(from, name)).replaceAll('\\', '/');
      text = text.replace(
        '"use strict";',
        `"use strict";\nconst __twin = require("node:url").pathToFileURL(require("node:path").join(__dirname, "${twin}")).href;`,
      );
    }
    writeFileSync(path, text);
  }
  for (const name of files(from).filter((file) => file.endsWith('.d.ts'))) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    copyFileSync(join(from, name), join(to, name));
  }
  writeFileSync(join(to, 'package.json'), '{ "type": "commonjs" }\n');
}

/** @param from folder of the compiled ES modules @param to where the CommonJS goes */
export async function makeForms(from, to) {
  mendDeclarations(from);
  await commonJs(from, to);
}
