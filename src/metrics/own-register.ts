import type { Registry } from 'prom-client';
import { dependency } from '../core/installation.ts';

/** The registry alone. The package's own entry loads every type of metric and all its collectors: 65 ms, for which no pool has a use. */
const load = (): unknown => process.getBuiltinModule('node:module').createRequire(import.meta.url)('prom-client/lib/registry.js');

/** A register of the pool's own. prom-client is loaded with the first read. */
export function ownRegister(): Registry {
  const OwnRegistry = dependency('prom-client/lib/registry.js', load) as typeof Registry;
  return new OwnRegistry();
}
