import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

const MODULE = new URL('npm-parent.mjs', import.meta.url).href;
const CHILD = `import { whenNpmEnds } from '${MODULE}'; whenNpmEnds(() => { console.log('gone'); process.exit(0); });
console.log(process.ppid); setTimeout(() => console.log('still here') ?? process.exit(0), 20_000);`;

/** The output of a process under `sh -c` under another process, after `kill` ended one of those. */
async function saidAfter(
  kill: (npm: number, shell: number) => number | undefined,
  shellScript: string,
  more = '',
): Promise<string[]> {
  const node = `"${process.execPath}" --input-type=module -e "${`${CHILD} ${more}`.replaceAll('\n', ' ')}"`;
  // In npm's place: a process that starts a shell and waits.
  const parent = `const { spawn } = require('node:child_process'); spawn('sh', ['-c', process.argv[1]], { stdio: 'inherit' });`;
  const npm = spawn(process.execPath, ['-e', parent, shellScript.replace('NODE', node)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: 'start' },
  });
  const said: string[] = [];
  const lines = createInterface({ input: npm.stdout });
  lines.on('line', (line) => {
    const pid = said.push(line) === 1 ? kill(npm.pid as number, Number(line)) : undefined;
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  });
  await once(lines, 'close');
  return said.slice(1);
}

test.runIf(process.platform === 'linux')('a process ends when npm is killed, or its shell', async () => {
  // The second command keeps the shell from replacing itself.
  expect(await saidAfter((npm) => npm, 'NODE; true')).toEqual(['gone']);
  expect(await saidAfter((_, shell) => shell, 'NODE; true')).toEqual(['gone']);
  expect(await saidAfter((npm) => npm, 'exec NODE')).toEqual(['gone']);
});

test.runIf(process.platform === 'linux')('a process that has too many files open goes on', async () => {
  const fill = `import { openSync } from 'node:fs';
try { for (;;) openSync('/dev/null'); } catch { setTimeout(() => console.log('open') ?? process.exit(0), 800); }`;
  expect(await saidAfter(() => undefined, 'ulimit -n 64; NODE; true', fill)).toEqual(['open']);
});
