/** The files of the service, built when this is a clone whose sources are newer; a published package brings them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ASSETS, BUNDLE, ROOT } from './paths.ts';
import { fail } from './user-error.ts';

/** The build is beside this code, as sources or built; a package is without it. */
const BUILDERS = [join(ROOT, 'scripts', 'build', 'service.ts'), join(ROOT, 'dist', 'lib', 'service.js')];

export async function ensureAssets(log: (line: string) => void, only?: 'api'): Promise<void> {
  const builder = BUILDERS[import.meta.filename.endsWith('.ts') ? 0 : 1] as string;
  if (existsSync(builder)) {
    const { ensureBuilt } = (await import(builder)) as { ensureBuilt(options: object): Promise<void> };
    await ensureBuilt({ log, only });
  }
  if (!existsSync(BUNDLE) || !existsSync(ASSETS)) {
    fail(`the service is not built: run \`npm run build\` in ${ROOT}`);
  }
}
