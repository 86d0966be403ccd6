import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/** Path of the `setpriv` of util-linux. The one of BusyBox has the same name, but lacks the option. */
function setpriv(path: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    try {
      const program = realpathSync(join(folder, 'setpriv'));
      accessSync(program, constants.X_OK);
      if (basename(program) === 'setpriv') return program;
    } catch {
      // It is not in this folder.
    }
  }
  return undefined;
}

/**
 * A command that the kernel kills when this process dies, where the system can do that. A child that is stopped (SIGSTOP), or busy, cannot
 * see that its parent is dead and end itself. Node has no call for it; the `setpriv` program of util-linux asks for us and then becomes the
 * command, with the same process id.
 */
export function boundToParent(
  command: string,
  args: readonly string[],
  { platform = process.platform, path = process.env.PATH ?? '' }: { readonly platform?: NodeJS.Platform; readonly path?: string } = {},
): { readonly command: string; readonly args: readonly string[] } {
  const program = platform === 'linux' ? setpriv(path) : undefined;
  return program === undefined ? { command, args } : { command: program, args: ['--pdeathsig', 'KILL', '--', command, ...args] };
}
