/** Folders in memory. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

/** Mounts a tmpfs there, unless one is there already. `size` in bytes. */
export function ensureMemory(folder: string, size?: number): void {
  mkdirSync(folder, { recursive: true });
  if (isMounted(folder)) return;
  const options = size ? ['-o', `size=${size}`] : [];
  execFileSync('mount', ['-t', 'tmpfs', ...options, 'tmpfs', folder], { stdio: 'pipe' });
}

export function unmount(folder: string): void {
  if (isMounted(folder)) execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
}

function isMounted(folder: string): boolean {
  const points = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return points.some((line) => line.split(' ')[1] === folder.replaceAll(' ', '\\040'));
}
