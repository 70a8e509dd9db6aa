// What `islet/testing` is: in a clone the sources, in a package what was built of them (scripts/package.ts).
// Loaded when it is called, so that `require` takes it too, and an older Node gets to read why it can't.
import { existsSync } from 'node:fs';

const OLDEST_NODE = 22;

/** @type {typeof import('./api.d.ts').startCluster} */
export async function startCluster(options) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    throw new Error(`islet/testing needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node}`);
  }
  const source = new URL('./index.ts', import.meta.url);
  const built = new URL('../dist/lib/testing.js', import.meta.url);
  const { startCluster: start } = await import((existsSync(source) ? source : built).href);
  return start(options);
}
