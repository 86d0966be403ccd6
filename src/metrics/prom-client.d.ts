/** The registry alone. The package's own entry loads every type of metric and all its collectors: 65 ms, for which no pool has a use. */
declare module 'prom-client/lib/registry.js' {
  import type { Registry } from 'prom-client';

  const registry: typeof Registry;
  export default registry;
}
