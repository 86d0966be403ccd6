import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What Node says of `export` and `import` in a file that it takes for CommonJS. */
const ES_SYNTAX = /Unexpected token 'export'|Cannot use import statement outside a module/;

/** What to do about a task module that does not load, where its error shows the mistake; otherwise nothing. Asked once, when a pool fails. */
export function loadAdvice(error: unknown, filename: string | undefined): string {
  if (filename === undefined) return '';
  const { code, url, stack } = (error ?? {}) as { code?: unknown; url?: unknown; stack?: unknown };
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?tsx?$/.test(filename)) {
    return '. Compile the task module and name the compiled file, or run the program with Node 22.18 or later.';
  }
  if (error instanceof SyntaxError && ES_SYNTAX.test(error.message) && String(stack).startsWith(`${pathOf(filename)}:`)) {
    return '. It is an ES module, and is loaded as CommonJS: name it .mjs, or have "type": "module" in its package.json.';
  }
  // The same code comes of an import inside the module: that one names another file.
  if (code !== 'ERR_MODULE_NOT_FOUND' || url !== filename) return '';
  const source = filename.replace(/\.([cm]?)js$/, '.$1ts');
  if (source !== filename && isFile(source)) {
    return `. ${source.slice(source.lastIndexOf('/') + 1)} is there: compile it first, or name it where Node 22.18 or later, or a loader, runs TypeScript itself.`;
  }
  return ". Name it as new URL('./task.js', import.meta.url): a relative path is taken from the working directory.";
}

function isFile(url: string): boolean {
  const path = pathOf(url);
  return path !== undefined && existsSync(path);
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined; // not a file: URL
  }
}
