// What a program loads is a few files instead of two hundred: resolving and reading each costs more than compiling what is in it.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { lateRooms, ROOMS } from './late-rooms.mjs';
import { mergeChunks } from './merge-chunks.mjs';

/** So small that finding and reading them costs more than they do; the rest stays outside, where programs can share and renew it. */
const TAKEN_IN = ['p-retry', 'p-timeout', 'is-network-error'];

/** Loaded by threads and cells alone, from where the compiler has put them. `executors/traced` names them, for tools that copy what is needed. */
const ALONE = /(thread\/boot\.cjs|threads\/piscina\.cjs|processes\/cell-main\.js)$/;

const COMMON = { platform: 'node', target: 'node20.19', logLevel: 'warning' };

/** The entry points of package.json: where each bundle is, and the compiled module that it is made of. */
export function entriesOf(root) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, entry]) => typeof entry !== 'string')
    .map(([name, { default: esm, require: cjs }]) => {
      const file = `${name === '.' ? 'index' : name.slice(2)}.js`;
      if (esm.default !== `./dist/esm/${file}` || cjs.default !== `./dist/cjs/${file}`) {
        throw new Error(`exports["${name}"]: Expected ./dist/esm/${file} and ./dist/cjs/${file}. Got ${esm.default} and ${cjs.default}.`);
      }
      return { file: esm.default, module: esm.types.replace(/\.d\.ts$/, '.js') };
    });
}

/**
 * An import of a module of Node's own makes Node copy all its exports, and so load whatever is behind those that are loaded on demand:
 * twelve of them cost as much as everything else here together.
 */
function byHand(text, path) {
  const mended = text.replace(/^import (?:([\w$]+)|\* as ([\w$]+)|\{([^}]*)\}) from '(node:[\w/]+)';$/gm, (_, whole, all, some, name) => {
    const wanted = whole ?? all ?? `{${some.replaceAll(' as ', ': ')}}`;
    return `const ${wanted} = process.getBuiltinModule('${name}');`;
  });
  if (/^(import|export) .* from 'node:/m.test(mended))
    throw new Error(`${path}: Expected imports of Node's own modules by name. Got another form.`);
  return mended;
}

/**
 * Files that lie beside a module are looked for from where the bundle lies.
 *
 * @param together modules that are bundled beside each other, by the path of each: where its bundle is
 */
const inPlace = (from, to, together = {}) => ({
  name: 'in-place',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^[^.]/ }, ({ path, kind }) =>
      kind === 'entry-point' || TAKEN_IN.includes(path) ? undefined : { external: true },
    );
    const moved = (path, importer) => {
      const file = resolve(dirname(importer), path);
      const there = relative(to, together[file] ?? file).replaceAll('\\', '/');
      return there.startsWith('.') ? there : `./${there}`;
    };
    onResolve({ filter: ALONE }, ({ path, importer }) => ({ path: moved(path, importer), external: true }));
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!path.startsWith(from)) return undefined;
      const contents = byHand(readFileSync(path, 'utf8'), path).replace(/new URL\('(\.[^']*)', import\.meta\.url\)/g, (text, beside) =>
        existsSync(resolve(dirname(path), beside)) ? `new URL('${moved(beside, path)}', import.meta.url)` : text,
      );
      return { contents, loader: 'js' };
    });
  },
});

/** What task modules import is loaded by each new thread: one file, also where it repeats what is elsewhere. It shares its state by global symbols. */
const BY_ITSELF = 'worker';

const BUNDLE = {
  ...COMMON,
  bundle: true,
  format: 'esm',
  chunkNames: 'shared-[hash]',
  legalComments: 'none',
  sourcemap: true,
  sourcesContent: false,
  banner: { js: '// With p-retry, p-timeout and is-network-error: MIT License, Copyright (c) Sindre Sorhus (https://sindresorhus.com)' },
};

/** One bundle an entry; what several need is in chunks that they share, so that a class is the same whichever entry it comes from. */
export async function bundle(root, from, to) {
  rmSync(to, { recursive: true, force: true });
  const entries = Object.fromEntries(
    entriesOf(root).map(({ file, module }) => [relative(to, join(root, file)).replace(/\.js$/, ''), join(root, module)]),
  );
  const { [BY_ITSELF]: worker, ...shared } = entries;
  const options = { ...BUNDLE, outdir: to, plugins: [inPlace(from, to)] };
  const pluginsFor = (folder) => [inPlace(from, folder)];
  const late = await lateRooms({ from, to, entry: shared.index, settings: BUNDLE, pluginsFor });
  await build({ ...options, plugins: [late, ...options.plugins], entryPoints: shared, splitting: true });
  await mergeChunks(to, 'index.js', BUNDLE);
  await build({ ...options, entryPoints: { [BY_ITSELF]: worker }, banner: {} });
  nameWhatIsLoadedAlone(from, to, new Map(Object.entries(entries).map(([name, path]) => [path, join(to, `${name}.js`)])));
}

/**
 * The command line by itself: it starts a process for the person and one for the job, and each loads a few files instead of three hundred.
 * Apart from the entry points of the package, so that these are not cut in more pieces for its sake.
 */
export async function bundleCommands(from, to) {
  rmSync(to, { recursive: true, force: true });
  const programs = {
    main: join(from, 'cli/main.js'),
    'job-process': join(from, 'cli/run/job/job-process.js'),
    'manager-process': join(from, 'cli/node/manager-process.js'),
  };
  const together = Object.fromEntries(Object.entries(programs).map(([name, path]) => [path, join(to, `${name}.js`)]));
  await build({ ...BUNDLE, entryPoints: programs, outdir: to, splitting: true, plugins: [inPlace(from, to, together)] });
}

/**
 * `executors/traced` is never called, and our bundler drops it. It is for tools that copy what a program needs, and stays a module of its own: of one
 * that is not used, other bundlers look at nothing.
 *
 * @param bundles of the entry points, by the path of the compiled module
 */
function nameWhatIsLoadedAlone(from, to, bundles) {
  const path = join(from, 'executors/traced.js');
  const text = readFileSync(path, 'utf8').replace(/import\('(\.[^']+)'\)/g, (_, name) => {
    const file = resolve(dirname(path), name);
    const there = relative(to, bundles.get(file) ?? file).replaceAll('\\', '/');
    return `import('${there.startsWith('.') ? there : `./${there}`}')`;
  });
  const rooms = Object.keys(ROOMS).map((file) => `    import('${relative(to, join(from, file)).replaceAll('\\', '/')}'),\n`);
  writeFileSync(join(to, 'traced.js'), text.replace('\n];', `\n${rooms.join('')}];`));
  const chunks = readdirSync(to).filter((name) => name.startsWith('shared') && name.endsWith('.js'));
  const starting = chunks.filter((name) => readFileSync(join(to, name), 'utf8').includes('threads/piscina.cjs'));
  if (starting.length !== 1) throw new Error(`Expected one chunk that starts threads. Got ${starting.length} of ${chunks.join(', ')}.`);
  const chunk = join(to, starting[0]);
  const named = readFileSync(chunk, 'utf8').replace('//# sourceMappingURL', "export { traced } from './traced.js';\n//# sourceMappingURL");
  writeFileSync(chunk, named);
}

/** A file that is run by itself, bundled where it lies: what it names beside it stays beside it. */
export async function bundleAlone(file, options = {}) {
  await build({ ...COMMON, entryPoints: [file], outfile: file, allowOverwrite: true, bundle: true, format: 'esm', ...options });
}

/**
 * Piscina as one file that holds one function, in the place of the one that requires it: `executors/threads/engine` calls it. What it names beside itself, the
 * file of a thread, is the installed one's.
 */
export async function bundlePiscina(root, file) {
  const home = join(root, 'node_modules/piscina');
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const licence = readFileSync(join(home, 'LICENSE'), 'utf8').trim();
  await bundleAlone(file, {
    format: 'cjs',
    banner: { js: `/*! Piscina ${version}:\n${licence}\n*/\n(function (exports, require, module, __dirname) {` },
    footer: { js: '})' },
  });
}
