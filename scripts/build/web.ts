/**
 * Builds the dashboard into static files that the edge serves (`ASSETS`): `index.html`, and hashed names in `assets/`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The sources that `index.html` names: the page gets their built files instead. */
const ENTRIES = ['src/main.tsx', 'src/style.css'];

/** Empties `outDir` first. Both paths are absolute. */
export async function buildWeb(webDir: string, outDir: string): Promise<void> {
  const { build, stop } = await import('esbuild');
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: webDir,
    entryPoints: ENTRIES,
    outdir: join(outDir, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  });
  await stop();
  let page = readFileSync(join(webDir, 'index.html'), 'utf8');
  for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint) page = page.replace(`"/${entryPoint}"`, `"/assets/${basename(file)}"`);
  }
  const unbuilt = ENTRIES.find((entry) => page.includes(`"/${entry}"`));
  if (unbuilt) throw new Error(`index.html still names ${unbuilt}`);
  writeFileSync(join(outDir, 'index.html'), page);
}
