/**
 * Opens files that a container may have planted. Node has no openat(2); a path through /proc/self/fd is the same: the
 * kernel starts at the open folder, wherever that has been moved to, and O_NOFOLLOW holds for the one step beyond it.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';

/** Node does not name it: an identity to work with, not an open file. Opens neither device nor FIFO. */
const O_PATH = 0o10000000;
const STEP = O_PATH | constants.O_NOFOLLOW;
export const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** The kernel's own limit. */
const MAX_LINKS = 40;

export const pathOf = (handle: FileHandle): string => `/proc/self/fd/${handle.fd}`;

/**
 * A regular file for reading. Throws for a link, and for what would block or act when it is opened: FIFO, device,
 * socket.
 */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error(`${path} is not a regular file`);
}

/**
 * A handle for `path` below `root`, opened step by step, so that no link and no race leads out of it. Links that stay
 * within are followed. With `mode`, missing folders are made with it. The handle is for {@link pathOf}, not for
 * reading.
 */
export async function openBeneath(root: string, path: string, mode?: number): Promise<FileHandle> {
  const opened = [await open(root, O_PATH | constants.O_DIRECTORY)];
  const steps = path.split('/');
  let links = 0;
  try {
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
      const parent = opened.at(-1) as FileHandle;
      if (step === '' || step === '.') continue;
      if (step === '..') {
        if (opened.length === 1) throw leaves(root, path);
        await opened.pop()?.close();
        continue;
      }
      const next = await openStep(parent, step, mode);
      opened.push(next);
      if (!(await next.stat()).isSymbolicLink()) continue;
      await opened.pop()?.close();
      if (++links > MAX_LINKS) throw new Error(`too many links in ${path}`);
      const target = await readlink(`${pathOf(parent)}/${step}`);
      if (!isAbsolute(target)) {
        steps.unshift(...target.split('/'));
        continue;
      }
      // The volume may be a folder of the node, whose own absolute links point to where it really is.
      const top = await readlink(pathOf(opened[0] as FileHandle));
      const within = normalize(`${target}/`);
      if (!within.startsWith(top === '/' ? '/' : `${top}/`)) throw leaves(root, path);
      for (const handle of opened.splice(1)) await handle.close();
      steps.unshift(...within.slice(top.length).split('/'));
    }
    return opened.pop() as FileHandle;
  } finally {
    for (const handle of opened) await handle.close();
  }
}

async function openStep(parent: FileHandle, name: string, mode: number | undefined): Promise<FileHandle> {
  const path = `${pathOf(parent)}/${name}`;
  try {
    return await open(path, STEP);
  } catch (error) {
    if (mode === undefined || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await mkdir(path);
  const made = await open(path, FOLDER);
  // The umask must not narrow the mode.
  await made.chmod(mode);
  return made;
}

const leaves = (root: string, path: string) => new Error(`${path} leads out of ${root}`);
