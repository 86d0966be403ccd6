import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packed, tool } from '../installed.ts';

type Manifest = { name: string; version: string; dependencies?: Record<string, string>; optionalDependencies?: unknown; scripts?: unknown };

const read = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Where Node finds a package from there. */
function find(name: string, from: string): string {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(from) === from) throw new Error(`${name} is not installed`);
  return find(name, dirname(from));
}

/** The package as it would be published, and all that it says it depends on: nothing else can be installed from here. */
async function closure(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const waiting = [{ folder: await packed(), from: tool('..') }];
  for (const { folder, from } of waiting) {
    const { name, version, dependencies = {} } = read(folder);
    const id = `${name}@${version}`;
    if (found.has(id)) continue;
    found.set(id, folder);
    for (const dependency of Object.keys(dependencies)) {
      const at = find(dependency, from);
      waiting.push({ folder: at, from: at });
    }
  }
  return found;
}

/** As `npm publish` would send it, without what is optional: that is not installed for every platform. */
function pack(folder: string, to: string): { manifest: object; tarball: Buffer } {
  const stage = join(to, 'package');
  cpSync(folder, stage, { recursive: true, dereference: true, filter: (path) => !path.slice(folder.length).includes('node_modules') });
  const { optionalDependencies, scripts, ...manifest } = read(folder);
  writeFileSync(join(stage, 'package.json'), JSON.stringify(manifest));
  execFileSync('tar', ['-czf', join(to, 'package.tgz'), '-C', to, 'package']);
  rmSync(stage, { recursive: true });
  return { manifest, tarball: readFileSync(join(to, 'package.tgz')) };
}

export type Registry = { readonly url: string; close(): void };

/** A registry on this machine, from which package managers install without a network. */
export async function registry(): Promise<Registry> {
  const packages = new Map<string, Record<string, object>>();
  const tarballs = new Map<string, Buffer>();
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(url.slice(1));
    const tarball = tarballs.get(path);
    if (tarball !== undefined) return void response.end(tarball);
    const versions = packages.get(path);
    if (versions === undefined) return void response.writeHead(404).end('{}');
    const latest = Object.keys(versions).at(-1)!;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: path, 'dist-tags': { latest }, versions }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  server.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stage = mkdtempSync(join(tmpdir(), 'holdfast-registry-'));
  mkdirSync(stage, { recursive: true });
  for (const folder of (await closure()).values()) {
    const { name, version } = read(folder);
    const { manifest, tarball } = pack(folder, stage);
    const file = `${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
    tarballs.set(file, tarball);
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const shasum = createHash('sha1').update(tarball).digest('hex');
    packages.set(name, { ...packages.get(name), [version]: { ...manifest, dist: { tarball: `${url}/${file}`, integrity, shasum } } });
  }
  rmSync(stage, { recursive: true });
  return { url, close: () => server.close() };
}
