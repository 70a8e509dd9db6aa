// `npm run package`: packs what is published into `islet-VERSION.tgz` (or into the folder named after `--to`).
// Its package.json names the packages that the built code imports, and no others. Plain JavaScript that Node 20 runs.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildPackageLib, ensureLib } from './build/lib.mjs';
import { ensureInstalled, ROOT } from './toolchain.mjs';

const FILES = [
  'cli/islet.mjs',
  'cli/npm-parent.mjs',
  'testing/index.mjs',
  'testing/api.d.ts',
  'dist/web',
  'dist/worker/index.js',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
];
/** Run, not imported. */
const BINARIES = ['workerd'];

await ensureInstalled();
await ensureLib();
const { ensureBuilt } = await import('../dist/lib/service.js');
await ensureBuilt({ log: (line) => console.error(line) });

const folder = join(ROOT, 'dist', 'package');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const file of FILES) cpSync(join(ROOT, file), join(folder, file), { recursive: true });
const used = [...BINARIES, ...(await buildPackageLib(join(folder, 'dist', 'lib')))].sort();
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(used), undefined, 2)}\n`);

const to = process.argv.indexOf('--to');
const target = to < 0 ? ROOT : resolve(process.argv[to + 1] ?? '.');
const { status, stdout } = spawnSync('npm', ['pack', '--silent', '--pack-destination', target], {
  cwd: folder,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
if (status === 0) console.log(stdout.trim());
process.exit(status ?? 1);

function manifest(used) {
  const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const missing = used.filter((name) => !own.dependencies[name]);
  if (missing.length > 0) throw new Error(`package.json has no dependency ${missing.join(', ')}`);
  const { name, version, description, license, type, engines, bin, exports } = own;
  const dependencies = Object.fromEntries(used.map((each) => [each, own.dependencies[each]]));
  return { name, version, description, license, type, engines, bin, exports, dependencies };
}
