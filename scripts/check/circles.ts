/**
 * No circle of imports goes through more than two files: one that calls another which calls it back is a recursion, and
 * a longer one is a set of files that can only be read together. Imports of types do not count, as they run nothing.
 * `node scripts/check/circles.ts` prints each longer circle and exits 1.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const LONGEST = 2;
const IMPORT = /^\s*(?:import|export)\s+(?!type\s)[^'"]*?from\s+['"](\.[^'"]+)['"]|^\s*import\s+['"](\.[^'"]+)['"]/gm;

const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'];
const files = execFileSync('git', listed, { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

const circles = connected().filter((circle) => circle.length > LONGEST);
for (const circle of circles) console.error(`a circle of imports goes through ${circle.sort().join(', ')}`);
if (circles.length > 0) process.exit(1);
console.log(`circles: ${files.length} files, no circle of imports goes through more than ${LONGEST}`);

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) =>
    normalize(join(dirname(file), match[1] ?? match[2] ?? '')),
  );
}

/** The strongly connected parts of the graph of imports (Tarjan). */
function connected(): string[][] {
  const found: string[][] = [];
  const places = new Map<string, number>();
  const path: string[] = [];
  /** The earliest file on the path that the file leads back to. */
  const visit = (file: string): number => {
    const place = places.size;
    places.set(file, place);
    path.push(file);
    let low = place;
    for (const next of imports.get(file) ?? []) {
      if (!imports.has(next)) continue;
      if (!places.has(next)) low = Math.min(low, visit(next));
      else if (path.includes(next)) low = Math.min(low, places.get(next) ?? low);
    }
    if (low === place) found.push(path.splice(path.indexOf(file)));
    return low;
  };
  for (const file of files) if (!places.has(file)) visit(file);
  return found;
}
