import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, tool } from './installed.ts';

/** What is bundled: the package is taken in, unless the bundler's options say otherwise. The task module is a file of its own. */
export const ENTRY = (scenario: string): string => `import { Pool, attemptsOf } from 'holdfast';
${scenario}
scenario({ Pool, attemptsOf }, process.argv[2]).then(console.log, (error) => {
  console.log(error.code, error.message);
  process.exitCode = 1;
});
`;

export type Form = 'esm' | 'cjs';
/** Makes one file of `entry.mjs`, and returns its name. */
export type Bundler = (folder: string, form: Form, external: boolean) => Promise<string>;

async function run(folder: string, name: string, script: string): Promise<void> {
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(folder, name), script);
  const { code, out, err } = await node(folder, name);
  if (code !== 0) throw new Error(`${name} failed:\n${out}\n${err}`);
}

const named = (tool: string, form: Form, external: boolean): string =>
  `${tool}-${external ? 'external' : 'inside'}.${form === 'esm' ? 'mjs' : 'cjs'}`;

export const BUNDLERS: Readonly<Record<string, Bundler>> = {
  async esbuild(folder, form, external) {
    const name = named('esbuild', form, external);
    const flags = [
      '--bundle',
      '--platform=node',
      `--format=${form}`,
      `--outfile=${name}`,
      '--log-level=error',
      ...(external ? ['--external:holdfast'] : []),
    ];
    await run(
      folder,
      'esbuild.build.cjs',
      `require('node:child_process').execFileSync(${JSON.stringify(tool('esbuild/bin/esbuild'))}, ['entry.mjs', ...${JSON.stringify(flags)}])`,
    );
    return name;
  },
  async webpack(folder, form, external) {
    const name = named('webpack', form, external);
    const config = {
      mode: 'production',
      target: 'node20',
      context: folder,
      entry: './entry.mjs',
      output: {
        path: folder,
        filename: name,
        ...(form === 'esm' ? { module: true, chunkFormat: 'module', library: { type: 'module' } } : {}),
      },
      experiments: { outputModule: form === 'esm' },
      externals: external ? { holdfast: form === 'esm' ? 'module holdfast' : 'node-commonjs holdfast' } : {},
    };
    await run(
      folder,
      'webpack.build.cjs',
      `require('webpack')(${JSON.stringify(config)}, (error, stats) => {
  if (error || stats.hasErrors()) { console.log(error ?? stats.toString()); process.exitCode = 1; }
});`,
    );
    return name;
  },
  async rollup(folder, form, external) {
    const name = named('rollup', form, external);
    // Rollup takes in what it is given the path of; a plugin finds packages, as @rollup/plugin-node-resolve does.
    const script = `import { builtinModules, createRequire } from 'node:module';
import { rollup } from 'rollup';
const require = createRequire(import.meta.url);
const installed = { name: 'installed', resolveId: (id) => (/^holdfast/.test(id) && !${external} ? require.resolve(id) : null) };
const known = (id) => builtinModules.includes(id.replace(/^node:/, '')) || !/^([./]|holdfast)/.test(id) || (${external} && /^holdfast/.test(id));
const bundle = await rollup({ input: 'entry.mjs', external: known, plugins: [installed] });
await bundle.write({ file: ${JSON.stringify(name)}, format: ${JSON.stringify(form)}, inlineDynamicImports: true });
`;
    await run(folder, 'rollup.build.mjs', script);
    return name;
  },
  async vite(folder, form, external) {
    const name = named('vite', form, external);
    const config = {
      root: folder,
      logLevel: 'error',
      configFile: false,
      ssr: { noExternal: external ? [] : true, external: external ? ['holdfast'] : [] },
      build: {
        ssr: 'entry.mjs',
        outDir: '.',
        emptyOutDir: false,
        target: 'node20',
        rollupOptions: { output: { entryFileNames: name, format: form } },
      },
    };
    await run(folder, 'vite.build.mjs', `import { build } from 'vite';\nawait build(${JSON.stringify(config)});\n`);
    return name;
  },
  async tsup(folder, form, external) {
    const name = named('tsup', form, external);
    // It splits what is imported on demand off the bundle, so that this is a folder.
    const outDir = `tsup-${form}-${external ? 'external' : 'inside'}`;
    const config = {
      entry: { [name.replace(/\.[^.]+$/, '')]: 'entry.mjs' },
      format: [form],
      outDir,
      silent: true,
      config: false,
      platform: 'node',
      [external ? 'external' : 'noExternal']: external ? ['holdfast'] : [],
    };
    await run(
      folder,
      'tsup.build.mjs',
      `import { build } from 'tsup';\nconst options = ${JSON.stringify(config)};\n${external ? '' : 'options.noExternal = [/.*/];\n'}await build({ ...options, outExtension: () => ({ js: '.${form === 'esm' ? 'mjs' : 'cjs'}' }) });\n`,
    );
    return `${outDir}/${name}`;
  },
  async ncc(folder, _form, external) {
    const out = `ncc-${external ? 'external' : 'inside'}`;
    const flags = ['build', 'entry.mjs', '-o', out, '--quiet', ...(external ? ['--external', 'holdfast'] : [])];
    await run(
      folder,
      'ncc.build.cjs',
      `require('node:child_process').execFileSync(process.execPath, [${JSON.stringify(tool('@vercel/ncc/dist/ncc/cli.js'))}, ...${JSON.stringify(flags)}], { stdio: 'inherit' })`,
    );
    return `${out}/index.mjs`;
  },
};

/** A copy of the bundle where nothing is installed. */
export function alone(folder: string, bundle: string): string {
  const empty = mkdtempSync(join(tmpdir(), 'holdfast-alone-'));
  cpSync(join(folder, bundle, bundle.includes('/') ? '..' : ''), bundle.includes('/') ? empty : join(empty, bundle), { recursive: true });
  return empty;
}
