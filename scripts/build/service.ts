/**
 * Makes the served files: `dist/worker/index.js` (the Worker and its objects in one module) and `dist/web` (the
 * dashboard and the OpenAPI documents). Each is made again only when one of its sources is newer.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildWeb } from './web.ts';

/** Two folders up, also from `dist/lib`, where the built command line has this. */
const ROOT = join(import.meta.dirname, '..', '..');
const WORKER = join(ROOT, 'dist', 'worker', 'index.js');
const WEB = join(ROOT, 'dist', 'web');

/** Stands in the bundle until the files that went into it are known. */
const BUILD_PLACE = '@islet-controllers-build@';
const CONTROLLERS_CODE = /^(kube|durable-objects\/(controllers|follow|nodes|scheduler))\//;

export interface BuildOptions {
  log?(line: string): void;
  /** `api`: the Worker and the OpenAPI documents, without the dashboard. `web`: the files beside the Worker. */
  only?: 'api' | 'web';
}

export async function ensureBuilt({ log = () => {}, only }: BuildOptions = {}): Promise<void> {
  if (only !== 'web' && isWorkerStale()) {
    log('building the service …');
    await buildWorker();
  }
  const needsWeb = only !== 'api' && isStale(join(WEB, 'index.html'), ['web', 'wire', 'kube']);
  if (needsWeb) {
    log('building the dashboard …');
    // The OpenAPI documents are written into the folder that this empties.
    const { firstPageBytes } = await buildWeb(join(ROOT, 'web'), WEB);
    log(`the dashboard's first page loads ${Math.round(firstPageBytes / 1000)} kB of compressed JavaScript`);
  }
  if (needsWeb || (only !== 'api' && isStale(join(WEB, 'lessons', 'index.json'), ['lessons']))) {
    log('reading the lessons …');
    const { writeLessons } = await import('./lessons.ts');
    writeLessons(join(ROOT, 'lessons'), WEB);
  }
  if (needsWeb || isStale(join(WEB, 'openapi', 'v3.json'), ['kube', 'scripts/generate'])) {
    log('writing the OpenAPI documents …');
    await writeOpenApi();
  }
}

async function buildWorker(): Promise<void> {
  const { build, stop } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['worker/index.ts'],
    outfile: WORKER,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser', 'import'],
    external: ['cloudflare:*', 'node:*'],
    minifySyntax: true,
    minifyWhitespace: true,
    loader: { '.json': 'json' },
    legalComments: 'none',
    define: { ISLET_CONTROLLERS_BUILD: JSON.stringify(BUILD_PLACE) },
    metafile: true,
    logLevel: 'error',
  });
  // Without this its process outlives the build, in `islet/testing` for one.
  await stop();
  const inputs = Object.keys(metafile.inputs);
  writeFileSync(WORKER, readFileSync(WORKER, 'utf8').replaceAll(BUILD_PLACE, controllersBuild(inputs)));
  writeFileSync(join(dirname(WORKER), 'inputs.json'), JSON.stringify(inputs));
}

/**
 * Changes with the code of controllers, scheduler and nodes: clusters then look at everything anew
 * (`follow/cursor.ts`).
 */
function controllersBuild(inputs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of inputs.filter((input) => CONTROLLERS_CODE.test(input)).sort()) {
    hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function writeOpenApi(): Promise<void> {
  const { writeOpenApiAssets } = await import('../generate/openapi-assets.ts');
  const { kinds } = await import('../../kube/kinds/index.ts');
  await writeOpenApiAssets(WEB, kinds);
}

/** esbuild has told which files it read. */
function isWorkerStale(): boolean {
  const list = join(dirname(WORKER), 'inputs.json');
  if (!existsSync(WORKER) || !existsSync(list)) return true;
  const built = statSync(WORKER).mtimeMs;
  return (JSON.parse(readFileSync(list, 'utf8')) as string[]).some((file) => {
    const path = join(ROOT, file);
    return !existsSync(path) || statSync(path).mtimeMs > built;
  });
}

function isStale(stamp: string, folders: readonly string[]): boolean {
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return folders.some((folder) => newest(join(ROOT, folder)) > built);
}

function newest(path: string): number {
  const { mtimeMs } = statSync(path);
  let time = mtimeMs;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) time = Math.max(time, newest(child));
    else if (!/\.test\.tsx?$/.test(entry.name)) time = Math.max(time, statSync(child).mtimeMs);
  }
  return time;
}
