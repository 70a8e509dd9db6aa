/**
 * Makes what an npm package needs beside the service and its assets: `dist/lib`, the `islet` command and `islet/testing`
 * as JavaScript, for Node strips no types under `node_modules`. Packages they import stay imports, so package.json must
 * name them as dependencies, and no others. `npm pack` runs this (`prepack`).
 */
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { ensureBuilt } from './build.ts';

const ROOT = join(import.meta.dirname, '..');
/** As deep as `cli/local`, from where the package's other files are found. */
const LIB = join(ROOT, 'dist', 'lib');
/** Read by the agent at run time, beside its code. */
const PROTOS = ['agent/runtimes/cri/runtime.proto', 'agent/runtimes/cri/events.proto'];

await ensureBuilt({ log: (line) => console.error(line) });
console.error('building the command line and islet/testing …');
rmSync(LIB, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: { main: 'cli/main.ts', testing: 'testing/index.ts' },
  outdir: LIB,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  metafile: true,
  logLevel: 'error',
});
for (const proto of PROTOS) copyFileSync(join(ROOT, proto), join(LIB, basename(proto)));

const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
const named = new Set(Object.keys(dependencies));
// Its binary is run, not imported.
const used = new Set(['workerd']);
for (const { imports } of Object.values(metafile.outputs)) {
  for (const { path, external } of imports) if (external && !path.startsWith('node:')) used.add(packageOf(path));
}
const missing = [...used].filter((name) => !named.has(name));
const idle = [...named].filter((name) => !used.has(name));
if (missing.length > 0 || idle.length > 0) {
  console.error(`package.json: dependencies miss [${missing}] and need not have [${idle}]`);
  process.exit(1);
}

/** `@scope/name/file` → `@scope/name` */
function packageOf(path: string): string {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}
