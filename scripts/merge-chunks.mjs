// A bundler cuts what several entries need by who needs it. That is a dozen small files, and finding and reading each takes longer than what is in it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const MERGED = 'shared.js';
const IMPORT = /(import|export) (\{[^}]*\} from )?"\.\/(shared-\w+\.js)";/g;
const EXPORTS = /^export (\{[^}]*\});/m;

/** What stands between braces: pairs of a name inside and a name outside. */
const pairsOf = (braces) => Array.from(braces.matchAll(/([\w$]+)(?: as ([\w$]+))?/g), ([, inside, outside = inside]) => [inside, outside]);

/** Chunks that a file needs, and what those need. */
function reached(folder, file, seen = new Set()) {
  for (const [, , , chunk] of readFileSync(join(folder, file), 'utf8').matchAll(IMPORT)) {
    if (seen.has(chunk)) continue;
    seen.add(chunk);
    reached(folder, chunk, seen);
  }
  return seen;
}

/**
 * Makes one file of the chunks that this entry needs, and has all others take it. Cut in two, even in a small one and a large one, importing it took a
 * tenth more: that is dearer than what an entry that needs no pool reads in vain.
 */
export async function mergeChunks(folder, entry, options) {
  const merged = [...reached(folder, entry)];
  // Two chunks may export different things by one name.
  const taken = new Set();
  const names = new Map();
  for (const chunk of merged) {
    const pairs = pairsOf(EXPORTS.exec(readFileSync(join(folder, chunk), 'utf8'))?.[1] ?? '');
    const own = new Map();
    for (const [, name] of pairs) {
      let free = name;
      for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
      taken.add(free);
      own.set(name, free);
    }
    names.set(chunk, own);
  }
  const contents = merged
    .map((chunk) => `export { ${[...names.get(chunk)].map(([name, free]) => `${name} as ${free}`).join(', ')} } from './${chunk}';`)
    .join('\n');
  await build({
    ...options,
    entryPoints: undefined,
    outdir: undefined,
    splitting: false,
    plugins: [{ name: 'outside', setup: (hooks) => outside(hooks, merged) }],
    stdin: { contents, resolveDir: folder },
    outfile: join(folder, MERGED),
  });
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js') && name !== MERGED && !merged.includes(name))) {
    const text = readFileSync(join(folder, file), 'utf8');
    const mended = text.replace(IMPORT, (whole, keyword, braces, chunk) => {
      const own = names.get(chunk);
      if (own === undefined) return whole;
      // As many lines as before, so that the source map stays right.
      const renamed = braces?.replace(/([\w$]+)( as [\w$]+)?(,?\n)/g, (_, name, as, end) => {
        const free = own.get(name);
        return `${free}${as ?? (free === name ? '' : ` as ${name}`)}${end}`;
      });
      return `${keyword} ${renamed ?? ''}"./${MERGED}";`;
    });
    if (mended !== text) writeFileSync(join(folder, file), mended);
  }
  for (const chunk of merged) for (const file of [chunk, `${chunk}.map`]) rmSync(join(folder, file));
}

/** Everything that is not merged stays outside. */
function outside({ onResolve }, chunks) {
  onResolve({ filter: /./ }, ({ path, kind }) =>
    kind === 'entry-point' || chunks.includes(path.replace('./', '')) ? undefined : { path, external: true },
  );
}
