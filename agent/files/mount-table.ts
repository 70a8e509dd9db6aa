/** The mounts that this process sees, and the few changes that are made to them. */
import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface MountEntry {
  /** The mount point, without links. */
  point: string;
  /** Number of the file system, and the folder of it that is mounted: a bind mount shares both with its source. */
  device: string;
  root: string;
  /** Mounts below a shared one propagate to its copies, and back (mount_namespaces(7)). */
  shared: boolean;
}

const run = promisify(execFile);

/**
 * The lines of /proc/self/mountinfo (proc_pid_mountinfo(5)), in the kernel's order: what covers comes after what is
 * covered.
 */
export async function mountTable(): Promise<MountEntry[]> {
  return parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
}

export function parseMountInfo(text: string): MountEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, , device = '', root = '', point = '', , ...more] = line.split(' ');
      const shared = more.slice(0, more.indexOf('-')).some((field) => field.startsWith('shared:'));
      return { point: unquoted(point), device, root: unquoted(root), shared };
    });
}

/** Blanks and backslashes are written in octal. */
const unquoted = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Mount points at `folder` and below it, each before those that it lies on. `folder` must hold no links. */
export function mountsWithin(table: readonly MountEntry[], folder: string): string[] {
  return table
    .map(({ point }) => point)
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .reverse()
    .sort((a, b) => b.split('/').length - a.split('/').length);
}

export async function isMountPoint(path: string): Promise<boolean> {
  const real = await realpath(path);
  return (await mountTable()).some(({ point }) => point === real);
}

/** Throws when something stays mounted at `folder` or below it: what is in use is not taken away. */
export async function unmountWithin(folder: string): Promise<void> {
  const real = await realpath(folder);
  let failure = '';
  for (const point of mountsWithin(await mountTable(), real)) {
    try {
      await run('umount', ['--no-canonicalize', point]);
    } catch (error) {
      failure ||= messageOf(error);
    }
  }
  const left = mountsWithin(await mountTable(), real)[0];
  if (left !== undefined) throw new Error(`cannot unmount ${left}: ${failure}`);
}

/**
 * Lets containers' mounts below `folder` show on the node, and the node's in containers (`hostutil_linux.go`,
 * MakeRShared).
 */
export async function makeShared(folder: string): Promise<void> {
  const real = await realpath(folder);
  const within = (point: string) => real === point || real.startsWith(point === '/' ? '/' : `${point}/`);
  const covers = (await mountTable()).filter(({ point }) => within(point));
  const deepest = Math.max(...covers.map(({ point }) => point.length));
  if (covers.findLast(({ point }) => point.length === deepest)?.shared) return;
  await mount(['--rbind', real, real]);
  await mount(['--make-rshared', real]);
}

/** `source` may be a link into /proc: it is given to the kernel as it is. */
export async function bindMount(source: string, target: string): Promise<void> {
  await mount(['--no-canonicalize', '--bind', source, target]);
}

export async function mountMemory(target: string, options: readonly string[]): Promise<void> {
  await mount(['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', target]);
}

async function mount(args: readonly string[]): Promise<void> {
  try {
    await run('mount', [...args]);
  } catch (error) {
    throw new Error(`mount failed: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return stderr?.trim() || message;
}
