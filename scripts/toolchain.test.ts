import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

// Plain JavaScript, which has no types.
const { installFailure } = (await import(new URL('toolchain.mjs', import.meta.url).href)) as {
  installFailure(command: string, output: string): string;
};

const OFFLINE = `npm error code ECONNREFUSED
npm error syscall connect
npm error FetchError: request to https://registry.example/a failed, reason: connect ECONNREFUSED
npm error     at ClientRequest.<anonymous> (index.js:130:14)
npm error     at ClientRequest.emit (node:events:524:28) {
npm error   code: 'ECONNREFUSED',
npm error }
npm error
npm error A complete log of this run can be found in: /home/me/.npm/_logs/1.log
`;

test('an installation that fails says what to do, and what npm said without its stack', () => {
  const lines = installFailure('ci', OFFLINE).split('\n');
  expect(lines[0]).toMatch(/^npm ci did not finish: is the registry in reach/);
  expect(lines).toContain('npm error code ECONNREFUSED');
  expect(lines.at(-1)).toContain('A complete log');
  expect(lines.filter((line) => /^npm error +at |[{}]/.test(line))).toEqual([]);
});

test('an older npm is understood, too, and without one its absence is the reason', () => {
  const old = installFailure('ci', OFFLINE.replaceAll('npm error', 'npm ERR!')).split('\n');
  expect(old[0]).toMatch(/^npm ci did not finish: is the registry in reach/);
  expect(old).toContain('npm ERR! code ECONNREFUSED');
  expect(old.filter((line) => /^npm ERR! +at |[{}]/.test(line))).toEqual([]);
  expect(installFailure('ci', 'sh: 1: exec: npm: not found\n')).toContain('npm: not found');
});

test('an installation that was stopped tells only how it is continued', () => {
  expect(installFailure('ci', '')).toBe('npm ci did not finish: start again when its reason is gone');
});

const RUN = `import { run } from '${new URL('toolchain.mjs', import.meta.url).href}';
const env = { ...process.env, npm_lifecycle_event: '' };`;

function script(text: string) {
  return spawn(process.execPath, ['--input-type=module', '-e', `${RUN}\n${text}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const CHILD =
  'setInterval(() => {}, 1000); process.once("SIGTERM", () => { console.log("asked to end"); process.exit(); });';

test('a command is asked to end when the script that runs it is killed', async () => {
  const runner = script(`await run(process.execPath, ['-e', '${CHILD} console.log("runs")'], { env })`);
  const said: string[] = [];
  for await (const line of createInterface({ input: runner.stdout })) {
    if (said.push(line) === 1) runner.kill('SIGKILL');
  }
  expect(said).toEqual(['runs', 'asked to end']);
});

test('a command’s code is passed on, and what it prints is heard', async () => {
  const options = `{ env, stdio: ['ignore', 'pipe', 'pipe'], heard: (text) => process.stdout.write(text.toUpperCase()) }`;
  const runner = script(`process.exitCode = await run('sh', ['-c', 'echo heard; exit 7'], ${options})`);
  let output = '';
  runner.stdout.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise((resolve) => runner.once('close', resolve));
  expect([code, output]).toEqual([7, 'HEARD\n']);
});
