import { basename, relative } from 'node:path';

/** How this program was called, as far as a person would type it. */
export interface Call {
  readonly argv: readonly string[];
  /** `process.argv[1]`. */
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
}

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One argument, quoted for a POSIX shell. */
export function shellQuote(argument: string): string {
  return PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function program({ script, env }: Call): string[] {
  if (env.npm_command === 'exec' || script.includes('node_modules/.bin/')) return ['npx', 'holdfast'];
  if (basename(script).replace(/\.(cmd|ps1)$/, '') === 'holdfast') return ['holdfast'];
  return ['node', relative('', script) || script];
}

/** The command that resumes the job of this call, ready to be pasted into a shell. */
export function resumeCommand(call: Call): string {
  const kept = call.argv.filter((argument) => argument !== '--overwrite' && argument !== '--retry-failed' && argument !== '--resume');
  // Behind a -- everything is an operand.
  const end = kept.indexOf('--');
  const args = end === -1 ? [...kept, '--resume'] : [...kept.slice(0, end), '--resume', ...kept.slice(end)];
  return [...program(call), ...args].map((argument) => shellQuote(withoutPassword(argument))).join(' ');
}

/** The URL of a broker is shown without its password, which has to be typed again, or comes from HOLDFAST_NODES. */
function withoutPassword(argument: string): string {
  return argument.replace(/^((?:--nodes=)?rediss?:\/\/[^:@/]*):[^@]*@/, '$1:PASSWORD@');
}
