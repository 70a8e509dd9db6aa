/** Files stay small: over 300 lines is a request for a noun. Generated data and lock files are not looked at. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LIMIT = 300;

const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'],
  {
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file !== '' && !file.includes('/generated/'));

const long = files.map((file) => ({ file, lines: count(file) })).filter(({ lines }) => lines > LIMIT);
for (const { file, lines } of long) console.error(`${file}: ${lines} lines; split it (at most ${LIMIT})`);
if (long.length > 0) process.exit(1);
console.log(`sizes: ${files.length} files, none over ${LIMIT} lines`);

function count(file: string): number {
  try {
    return readFileSync(file, 'utf8').split('\n').length - 1;
  } catch {
    return 0; // deleted, not yet committed
  }
}
