import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { spawnTied } from './tied-process.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc') || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

async function gone(pid: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; isAlive(pid) && Date.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('the child has the number of its command, its descriptors and its exit code', async () => {
  const child = spawnTied('sh', ['-c', 'echo $$; echo three >&3; exit 7'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let three = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  child.stdio[3]?.on('data', (chunk) => (three += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, out.trim(), three.trim()]).toEqual([7, String(child.pid), 'three']);
});

test('a command that is not there says so by its exit code', async () => {
  const child = spawnTied('/no/such/command', [], { stdio: ['ignore', 'ignore', 'pipe'] });
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(127);
});

test('a tied process dies with its parent that was killed outright', async () => {
  const module = new URL('./tied-process.ts', import.meta.url).href;
  const program = `import { spawnTied } from ${JSON.stringify(module)};
    console.log(spawnTied('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore'] }).pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number(await new Promise((resolve) => createInterface({ input: parent.stdout }).once('line', resolve)));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await gone(pid);
  expect(isAlive(pid)).toBe(false);
});

test('a temporary folder goes with a parent that was killed outright, and stays with one that ends its child', async () => {
  const module = new URL('./tied-process.ts', import.meta.url).href;
  for (const [seconds, isLeft] of [
    ['60', false],
    ['0', true],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), "islet-tied-'$x "));
    const program = `import { spawnTied } from ${JSON.stringify(module)};
      const removes = ${JSON.stringify(folder)};
      const child = spawnTied('sleep', ['${seconds}'], { stdio: ['ignore', 'ignore', 'ignore'], removes });
      if (${isLeft}) child.once('exit', () => setTimeout(() => console.log('ended'), 100));
      else console.log('running');
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => createInterface({ input: parent.stdout }).once('line', resolve));
    expect(existsSync(folder)).toBe(true);
    parent.kill('SIGKILL');
    if (isLeft) await new Promise((resolve) => setTimeout(resolve, 1_500));
    await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(isLeft);
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
