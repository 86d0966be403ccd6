// What the package needs besides its bundles: declarations that every TypeScript reads, and CommonJS.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

const files = (folder) => readdirSync(folder, { recursive: true }).map(String).sort();

/** Declarations name files that exist, and say whose types they use: without `@types/node` the compiler then says what is missing. */
function mendDeclarations(from) {
  for (const name of files(from).filter((file) => file.endsWith('.d.ts'))) {
    const path = join(from, name);
    const text = readFileSync(path, 'utf8')
      .replace(/(from '|import\(['"])(\.[^'"]*)\.ts(['"])/g, '$1$2.js$3')
      // Older compilers do not read names in quotes; the types of what `require` gives have all of its names as well.
      .replace(/,\s*\w+ as ['"]module\.exports['"]/g, '');
    const usesNode = /NodeJS\.|Buffer|AbortSignal|AsyncDisposable|SharedArrayBuffer|MessagePort|'node:|\bURL\b/.test(text);
    writeFileSync(path, usesNode && !text.startsWith('///') ? `/// <reference types="node" />\n${text}` : text);
  }
}

/**
 * The same bundles as CommonJS, for what cannot load ES modules (Jest without its flag, programs on a Node that does not require them).
 * Threads and cells load what they always load: for each bundle, `import.meta.url` is that of its twin.
 */
async function commonJs(bundles, from, to) {
  rmSync(to, { recursive: true, force: true });
  const modules = files(bundles).filter((file) => file.endsWith('.js'));
  await build({
    entryPoints: modules.map((name) => join(bundles, name)),
    outdir: to,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    define: { 'import.meta.url': '__twin' },
    supported: { 'dynamic-import': true },
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  for (const name of modules) {
    const path = join(to, name);
    let text = readFileSync(path, 'utf8');
    if (text.includes('__twin')) {
      const twin = relative(to, join(bundles, name)).replaceAll('\\', '/');
      // On the line that is there already, or the source map would be one line off.
      const made = `const __twin = require("node:url").pathToFileURL(require("node:path").join(__dirname, "${twin}")).href;`;
      text = text.replace('"use strict";', `"use strict"; ${made}`);
    }
    // Never called. From 20.19 on Node's `require` takes the twin, and tools that copy what a program needs (@vercel/nft) do not know it of each.
    if (!name.startsWith('shared')) {
      const twin = relative(to, join(bundles, name)).replaceAll('\\', '/');
      text += `const __traced = () => import(/* webpackIgnore: true */ "${twin}");\n`;
    }
    // As Node does it with an ES module that names what `require` gives.
    if (text.includes('"module.exports": () =>')) text += 'module.exports = module.exports["module.exports"];\n';
    writeFileSync(path, text);
  }
  for (const name of files(from).filter((file) => file.endsWith('.d.ts'))) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    copyFileSync(join(from, name), join(to, name));
  }
  writeFileSync(join(to, 'package.json'), '{ "type": "commonjs" }\n');
}

/** @param from folder of the compiled modules @param bundles where their bundles are @param to where the CommonJS goes */
export async function makeForms(from, bundles, to) {
  mendDeclarations(from);
  await commonJs(bundles, from, to);
}
