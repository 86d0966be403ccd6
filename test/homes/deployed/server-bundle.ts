import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeFileTrace } from '@vercel/nft';
import { command, node, packed, tool } from '../installed.ts';
import { SCENARIO, TASK_FILES } from '../scenario.ts';
import type { Registry } from './registry.ts';

/**
 * How a server framework treats a package: left outside and required, left outside and imported (what Next.js makes of `serverExternalPackages`,
 * by what the package is), or taken into the bundle of the server.
 */
export type Treatment = 'commonjs' | 'import' | 'inside';

const FILES = (version: string): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ name: 'server', private: true, dependencies: { holdfast: version } }),
  'tasks/task.mjs': TASK_FILES['task.mjs']!,
  // Two routes that share what they import, so that the package is in a chunk of its own.
  'route.mjs': `import { answer } from './shared.mjs';
export const GET = (isolation) => answer(isolation);
`,
  'other.mjs': `import { answer } from './shared.mjs';
export const POST = () => answer('thread');
`,
  'shared.mjs': `import { join } from 'node:path';
import { Pool, attemptsOf } from 'holdfast';
${SCENARIO}
export const answer = (isolation) => scenario({ Pool, attemptsOf }, join(process.cwd(), 'tasks/task.mjs'), { isolation });
`,
  // What the framework runs. A route that imports what is outside is there after a while.
  'server.cjs': `const { createServer } = require('node:http');
const route = require('./.next/server/app/api/route.js');
const server = createServer(async ({ url }, response) => {
  const { GET } = await route;
  response.end(await GET(url.slice(1)).catch(({ code }) => String(code)));
});
server.listen(0, '127.0.0.1', async () => {
  for (const isolation of ['thread', 'process']) {
    console.log(await (await fetch('http://127.0.0.1:' + server.address().port + '/' + isolation)).text());
  }
  server.close();
  server.closeAllConnections();
});
`,
});

const BUILD = (treatment: Treatment): string => `const webpack = require(${JSON.stringify(tool('webpack'))});
webpack({
  mode: 'production',
  target: 'node20',
  context: __dirname,
  entry: { 'app/api/route': './route.mjs', 'app/other/route': './other.mjs' },
  output: { path: __dirname + '/.next/server', filename: '[name].js', chunkFilename: 'chunks/[id].js', library: { type: 'commonjs2' } },
  externals: [({ request }, done) =>
    ${treatment !== 'inside'} && /^holdfast(\\/|$)/.test(request) ? done(null, ${JSON.stringify(treatment)} + ' ' + request) : done()],
  optimization: { runtimeChunk: { name: 'webpack-runtime' }, splitChunks: { chunks: 'all', minSize: 0 } },
}, (error, stats) => {
  if (error || stats.hasErrors()) { console.log(error ?? stats.toString()); process.exitCode = 1; }
});
`;

/** A server with the package installed, and nothing else around it. */
export async function server(source: Registry): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-server-'));
  const { version } = JSON.parse(readFileSync(join(await packed(), 'package.json'), 'utf8')) as { version: string };
  for (const [name, text] of Object.entries(FILES(version))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const install = ['install', '--registry', source.url, '--cache', join(folder, '.npm'), '--no-audit', '--no-fund'];
  const { code, out, err } = await command(folder, 'npm', install);
  if (code !== 0) throw new Error(`npm install failed:\n${out}\n${err}`);
  return folder;
}

export async function bundle(folder: string, treatment: Treatment): Promise<void> {
  writeFileSync(join(folder, 'build.cjs'), BUILD(treatment));
  const { code, out, err } = await node(folder, 'build.cjs');
  if (code !== 0) throw new Error(`webpack failed:\n${out}\n${err}`);
}

/** What is deployed: what the tracer finds of the server, and the files that are named besides (`outputFileTracingIncludes`). */
export async function standalone(folder: string): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-standalone-'));
  const { fileList } = await nodeFileTrace([join(folder, 'server.cjs')], { base: folder });
  for (const file of [...fileList, 'tasks/task.mjs']) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(folder, file), join(copy, file));
  }
  return copy;
}
