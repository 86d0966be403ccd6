// Rooms that most pools never enter, each a file of its own, which is read when a pool is made that does: what is loaded with the rest is compiled with it.
import { writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/** What joins a pool, and takes its executors from here. */
const JOINED_IN = 'pool/executors.js';
/** The doors of each room: modules whose exports are called there, and used in no other way. The file of the room lies beside the first. */
export const ROOMS = {
  'executors/nodes/room.cjs': ['executors/nodes/node-executor.js', 'executors/nodes/link/redis-link.js'],
  'executors/processes/room.cjs': ['executors/processes/cell-executor.js', 'executors/processes/check-cells.js'],
};

const slashes = (path) => path.replaceAll('\\', '/');
/** `a as b, c`, as bundlers write it. */
const pairsOf = (braces) => Array.from(braces.matchAll(/([\w$]+)(?: as ([\w$]+))?/g), ([, name, as = name]) => [name, as]);

/** Where these rooms are, by module: undefined for what is no door. */
const roomOf = (from, path) => Object.keys(ROOMS).find((file) => ROOMS[file].some((door) => join(from, door) === path));

/**
 * @param from folder of the compiled modules
 * @param to folder of the bundles
 * @param entry the module that pools come from
 * @param settings of its bundle; the plug-ins, by the folder of what is made
 * @returns the plug-in that leaves the rooms out, and has them loaded
 */
export async function lateRooms({ from, to, entry, settings, pluginsFor }) {
  const loaders = new Map();
  const plugin = {
    name: 'late-rooms',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, importer, resolveDir }) => {
        const file = importer === join(from, JOINED_IN) ? roomOf(from, resolve(resolveDir, path)) : undefined;
        return file && { path: file, namespace: 'late-room' };
      });
      onLoad({ filter: /./, namespace: 'late-room' }, ({ path }) => ({ contents: loaders.get(path) ?? '', resolveDir: from }));
    },
  };
  const present = await presentWithout(entry, { ...settings, plugins: [plugin, ...pluginsFor(to)] });
  for (const file of Object.keys(ROOMS)) {
    const { given, names } = await makeRoom(from, file, present, { ...settings, plugins: pluginsFor(dirname(join(from, file))) });
    loaders.set(file, loaderOf(file, slashes(relative(to, join(from, file))), given, names));
  }
  return plugin;
}

/** Modules that are loaded in any case. */
async function presentWithout(entry, settings) {
  const empty = {
    name: 'no-rooms',
    setup: ({ onLoad }) => onLoad({ filter: /./, namespace: 'late-room' }, () => ({ contents: 'module.exports = {}' })),
  };
  const { metafile } = await build({
    ...settings,
    entryPoints: [entry],
    plugins: [empty, ...settings.plugins],
    write: false,
    outdir: '.',
    metafile: true,
  });
  return new Set(Object.values(metafile.outputs).flatMap(({ inputs = {} }) => Object.keys(inputs).map((path) => resolve(path))));
}

/** Writes the file of a room: one function, which is given what is loaded already, so that a class is the same on both sides. */
async function makeRoom(from, file, present, settings) {
  const outside = {
    name: 'outside',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const module = resolve(resolveDir, path);
        return present.has(module) ? { path: slashes(relative(from, module)), external: true } : undefined;
      }),
  };
  const contents = ROOMS[file].map((door) => `export * from './${door}';`).join('\n');
  const { outputFiles } = await build({
    ...settings,
    stdin: { contents, resolveDir: from },
    outfile: join(from, file),
    define: { 'import.meta.url': '__here' },
    plugins: [outside, ...settings.plugins],
    banner: { js: "const __here = require('node:url').pathToFileURL(__filename).href; module.exports = (__given) => {" },
    footer: { js: '};' },
    write: false,
  });
  const given = new Map();
  let names;
  for (const { path, text } of outputFiles) {
    // As many lines as before, so that the source map stays right.
    const mended = text
      .replace(/^import \{([^}]*)\} from "([^"]*)";$/gm, (_, braces, module) => {
        const some = given.get(module) ?? new Set();
        for (const [name] of pairsOf(braces)) some.add(name);
        given.set(module, some);
        return `const {${braces.replaceAll(' as ', ': ')}} = __given[${JSON.stringify(module)}];`;
      })
      .replace(/^export \{([^}]*)\};$/gm, (_, braces) => {
        names = pairsOf(braces).map(([, name]) => name);
        return `return {${braces.replace(/([\w$]+) as ([\w$]+)/g, '$2: $1')}};`;
      });
    if (path.endsWith('.cjs') && /^(import|export) /m.test(mended))
      throw new Error(`${file}: Expected imports and exports by name. Got another form.`);
    writeFileSync(path, mended);
  }
  return { given, names };
}

/** What stands in a bundle in the place of a room's doors. */
function loaderOf(file, there, given, names) {
  const modules = [...given];
  const local = (n, name) => `${name}_${n}`;
  const imports = modules.map(
    ([module, some], n) => `import { ${[...some].map((name) => `${name} as ${local(n, name)}`).join(', ')} } from './${module}';`,
  );
  const objects = modules.map(
    ([module, some], n) => `${JSON.stringify(module)}: { ${[...some].map((name) => `${name}: ${local(n, name)}`).join(', ')} }`,
  );
  return `${imports.join('\n')}
import { ownFile, requireBeside } from './core/installation.js';
let room;
function entered() {
  if (room === undefined) {
    const file = ownFile('${file}', () => new URL('${there}', import.meta.url));
    room = requireBeside(file, file)({ ${objects.join(', ')} });
  }
  return room;
}
${names.map((name) => `export function ${name}(...given) {\n  const { ${name}: found } = entered();\n  return new.target === undefined ? found(...given) : new found(...given);\n}`).join('\n')}
`;
}
