/** Flags that belong to one process alone, its program or its inspector: another process with them would run something else, or fight for a port. */
const OWN =
  /^(-[eipc]|-pe|--(eval|print|interactive|check|input-type|entry-url|run|debug-port|inspect|inspect-.+|watch|watch-.+|test|(experimental-)?test-.+|build-.+|snapshot-blob|experimental-sea-config))$/;
/** Those of them that have no value, and so do not take the next argument. */
const ALONE =
  /^(-[ic]|--(interactive|check|entry-url|inspect|inspect-brk|inspect-wait|watch|watch-preserve-output|test|test-only|test-force-exit|test-randomize|test-update-snapshots|test-coverage-include-all|experimental-test-coverage|experimental-test-module-mocks|build-snapshot))$/;

/** The flags of this process that one which it starts is to have as well: loaders, hooks and limits, but nothing that belongs to its own program. */
export function inheritedFlags(flags: readonly string[] = process.execArgv): string[] {
  const inherited: string[] = [];
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i]!;
    const name = flag.split('=', 1)[0]!;
    if (!OWN.test(name)) inherited.push(flag);
    else if (flag === name && !ALONE.test(name)) i++; // Its value is the next argument.
  }
  return inherited;
}
