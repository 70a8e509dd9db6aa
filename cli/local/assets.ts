/** What the service is made of, built when this is a clone whose sources are newer; a published package brings it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ASSETS, BUNDLE, ROOT } from './paths.ts';
import { fail } from './user-error.ts';

export async function ensureAssets(log: (line: string) => void, only?: 'api'): Promise<void> {
  const builder = join(ROOT, 'scripts', 'build.ts');
  if (existsSync(builder)) {
    const { ensureBuilt } = (await import(builder)) as { ensureBuilt(options: object): Promise<void> };
    await ensureBuilt({ log, only });
  }
  if (!existsSync(BUNDLE) || !existsSync(ASSETS)) {
    fail(`the service is not built: run \`npm run build\` in ${ROOT}`);
  }
}
