// `npm run screenshots`: every page into dist/screenshots, for people to look at. Plain JavaScript that Node 20 runs.
import { ensureInstalled, run } from './toolchain.mjs';

await ensureInstalled();
process.exit(await run('node', ['e2e/browser/screenshots.ts', ...process.argv.slice(2)]));
