/**
 * Builds the dashboard into static files that the edge serves (`ASSETS`): `index.html`, and hashed names in `assets/`.
 * Code that the page loads when it needs it (`import()`) is in files of its own, with its style sheets.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile, Plugin } from 'esbuild';

/** The sources that `index.html` names: the page gets their built files instead. */
const ENTRIES = ['src/main.tsx', 'src/style.css'];
/** Loaded at once, although it is not in the first file: the browser is told before it finds out. */
const FIRST_PAGE = 'src/ui/overview-page.tsx';

const COMMON = { bundle: true, minify: true, target: 'es2022', legalComments: 'none', logLevel: 'error' } as const;
const INLINED = { '.woff2': 'dataurl', '.svg': 'dataurl' } as const;

export interface WebBuild {
  /** Bytes of JavaScript, compressed, that the browser loads before the overview is there. */
  firstPageBytes: number;
}

/** Empties `outDir` first. Both paths are absolute. */
export async function buildWeb(webDir: string, outDir: string): Promise<WebBuild> {
  const { build, stop } = await import('esbuild');
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const { metafile } = await build({
    ...COMMON,
    absWorkingDir: webDir,
    entryPoints: ENTRIES,
    outdir: join(outDir, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
    platform: 'browser',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: INLINED,
    plugins: [sheets(build), styleAttributes],
    metafile: true,
  });
  await stop();
  const first = firstFiles(metafile);
  const preloads = first.map((file) => `<link rel="modulepreload" href="/assets/${basename(file)}" />`);
  let page = readFileSync(join(webDir, 'index.html'), 'utf8').replace(
    '</head>',
    `  ${preloads.join('\n    ')}\n  </head>`,
  );
  for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint) page = page.replace(`"/${entryPoint}"`, `"/assets/${basename(file)}"`);
  }
  const unbuilt = ENTRIES.find((entry) => page.includes(`"/${entry}"`));
  if (unbuilt) throw new Error(`index.html still names ${unbuilt}`);
  writeFileSync(join(outDir, 'index.html'), page);
  cpSync(join(webDir, 'public'), outDir, { recursive: true });
  const sizes = first.map((file) => gzipSync(readFileSync(join(outDir, 'assets', basename(file)))).length);
  return { firstPageBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/**
 * A sheet that code imports becomes a constructed one of the document. The page's Content-Security-Policy allows no
 * inline styles, and a file of its own would come after what it is for.
 */
function sheets(build: typeof import('esbuild').build): Plugin {
  return {
    name: 'sheets',
    setup(builder) {
      builder.onResolve({ filter: /\.css$/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (kind !== 'import-statement' || pluginData === 'sheets') return undefined;
        const found = await builder.resolve(path, { kind, resolveDir, pluginData: 'sheets' });
        return found.errors.length > 0 ? found : { path: found.path, namespace: 'sheet' };
      });
      builder.onLoad({ filter: /.*/, namespace: 'sheet' }, async ({ path }) => {
        const { outputFiles } = await build({ ...COMMON, entryPoints: [path], loader: INLINED, write: false });
        const text = JSON.stringify(outputFiles[0]?.text ?? '');
        return {
          contents: `const sheet = new CSSStyleSheet();\nsheet.replaceSync(${text});\ndocument.adoptedStyleSheets.push(sheet);`,
        };
      });
    },
  };
}

/**
 * xterm.js writes style attributes, which the page's Content-Security-Policy refuses. Styles that are set through the
 * object model are allowed, and do the same.
 */
const styleAttributes: Plugin = {
  name: 'style-attributes',
  setup(builder) {
    builder.onLoad({ filter: /@xterm\/xterm\/lib\/xterm\.mjs$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(
        /(\w+)\.setAttribute\("style",/g,
        'Reflect.set($1.style,"cssText",',
      );
      if (!contents.includes('"cssText"')) throw new Error(`${path} has another way to write styles`);
      return { contents };
    });
  },
};

/** The files of the entry, of the first page, and of all that these import. */
function firstFiles({ outputs }: Metafile): string[] {
  const found = new Set<string>();
  const add = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const { path, kind } of outputs[file]?.imports ?? []) if (kind === 'import-statement') add(path);
  };
  for (const [file, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === ENTRIES[0] || entryPoint === FIRST_PAGE) add(file);
  }
  return [...found];
}
