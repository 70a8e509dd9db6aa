// `dist/lib`: the `islet` command, `islet/testing` and the build of the service as JavaScript that Node 20.11 runs.
// Plain JavaScript itself, since it makes the rest run there.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { ROOT } from '../toolchain.mjs';

const LIB = join(ROOT, 'dist', 'lib');
/** The paths of the sources of the last build. Written last, so that a build cut short is made again. */
const INPUTS = join(LIB, 'inputs.json');
/** Read by the agent at run time, beside its code. */
const PROTOS = ['agent/runtimes/cri/runtime.proto', 'agent/runtimes/cri/events.proto'];
const COMMANDS = { main: 'cli/main.ts', testing: 'testing/index.ts' };

/** Builds `dist/lib` when a source is newer than it. Several processes may do so at a time: each file appears whole. */
export async function ensureLib() {
  if (!isStale()) return;
  const { outputs, inputs } = await bundle(LIB, { ...COMMANDS, service: 'scripts/build/service.ts' });
  mkdirSync(LIB, { recursive: true });
  const kept = new Set(['inputs.json', ...PROTOS.map((path) => basename(path)), ...outputs.map(({ name }) => name)]);
  for (const proto of PROTOS) copyFileSync(join(ROOT, proto), join(LIB, basename(proto)));
  for (const { name, contents } of outputs) write(join(LIB, name), contents);
  write(INPUTS, JSON.stringify(inputs));
  for (const name of readdirSync(LIB)) if (!kept.has(name) && isOld(join(LIB, name))) rmSync(join(LIB, name));
}

/**
 * Builds what an npm package has of it into `folder`. Packages that it imports stay imports: their names are returned.
 * `folder` must be two levels deep in the package, as `dist/lib` is.
 */
export async function buildPackageLib(folder) {
  const { outputs, imports } = await bundle(folder, COMMANDS);
  mkdirSync(folder, { recursive: true });
  for (const proto of PROTOS) copyFileSync(join(ROOT, proto), join(folder, basename(proto)));
  for (const { name, contents } of outputs) writeFileSync(join(folder, name), contents);
  return imports;
}

async function bundle(outdir, entryPoints) {
  const { build, stop } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  await stop();
  const outputs = outputFiles.map(({ path, contents }) => ({ name: relative(outdir, path), contents }));
  const imports = new Set();
  for (const { imports: found } of Object.values(metafile.outputs)) {
    for (const { path, external } of found) if (external && !path.startsWith('node:')) imports.add(packageOf(path));
  }
  // Entries last: a chunk that one names is there before it.
  const isEntry = ({ name }) =>
    name in Object.fromEntries(Object.keys(entryPoints).map((each) => [`${each}.js`, true]));
  return {
    outputs: [...outputs.filter((each) => !isEntry(each)), ...outputs.filter(isEntry)],
    inputs: [...Object.keys(metafile.inputs), ...PROTOS],
    imports: [...imports],
  };
}

/** `@scope/name/file` → `@scope/name` */
function packageOf(path) {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}

function isStale() {
  if (!existsSync(INPUTS)) return true;
  const built = statSync(INPUTS).mtimeMs;
  return JSON.parse(readFileSync(INPUTS, 'utf8')).some((file) => {
    const found = statSync(join(ROOT, file), { throwIfNoEntry: false });
    return !found || found.mtimeMs > built;
  });
}

/** Chunks of an earlier build may still be loaded by a command that has just been started. */
function isOld(file) {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 60_000;
}

function write(file, contents) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}
