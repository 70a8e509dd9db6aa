// The entry of `islet/testing`: built JavaScript, in a clone made of the sources first, where they are newer.
// Loaded when it is called, so that `require` takes it too.
import { existsSync } from 'node:fs';

/** @type {typeof import('./api.d.ts').startCluster} */
export async function startCluster(options) {
  const builder = new URL('../scripts/build/lib.mjs', import.meta.url);
  if (existsSync(builder)) {
    const { ensureLib } = await import(builder.href);
    await ensureLib();
  }
  const { startCluster: start } = await import('../dist/lib/testing.js');
  return start(options);
}
