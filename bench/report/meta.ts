import { readFileSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';
import { CONTENDERS, REFERENCES } from '../contenders/index.ts';
import type { Report } from '../results.ts';

const PACKAGES = ['piscina', 'p-retry', 'p-timeout', 'tinypool', 'workerpool', 'poolifier'] as const;

/** The installed version of a package, read from its own description; its exports may hide that file from `import`. */
function versionOf(name: string): string {
  try {
    const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}

type Run = Pick<Report['meta'], 'startedAt' | 'seconds' | 'scale' | 'rounds' | 'units' | 'threads' | 'seed' | 'command'>;

/** A run's description with that of the machine and of the contenders. */
export function describeRun(run: Run): Report['meta'] {
  const all = cpus();
  return {
    ...run,
    node: process.version,
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    platform: `${platform()} ${release()}`,
    versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    setups: Object.fromEntries([...CONTENDERS, ...REFERENCES].map(({ name, setup }) => [name, setup])),
  };
}
