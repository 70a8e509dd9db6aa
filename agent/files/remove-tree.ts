/** Removes a folder and nothing that is mounted in it (kubelet `removeall`, RemoveAllOneFilesystem). */
import { type FileHandle, mkdtemp, open, readdir, readFile, rename, rmdir, unlink } from 'node:fs/promises';
import { unmountWithin } from './mount-table.ts';
import { FOLDER, pathOf } from './open.ts';

/** Folders open at once, one a level. What is deeper is moved up first: a container may nest folders without end. */
const MAX_DEPTH = 64;

/**
 * Unmounts what is mounted at `folder` and below, then removes the folder. Links are removed, not followed. Throws when
 * something stays mounted, and leaves what lies in it untouched. Does nothing when there is no such folder.
 */
export async function removeTree(folder: string): Promise<void> {
  let root: FileHandle;
  try {
    await unmountWithin(folder);
    root = await open(folder, FOLDER);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const removal = new Removal(root, await mountOf(root));
    while (await removal.empty(root, 1)) {}
  } finally {
    await root.close();
  }
  await rmdir(folder);
}

class Removal {
  readonly #root: FileHandle;
  readonly #mount: string;

  constructor(root: FileHandle, mount: string) {
    this.#root = root;
    this.#mount = mount;
  }

  /** Whether something was moved up into the root, and has to be removed from there. */
  async empty(folder: FileHandle, depth: number): Promise<boolean> {
    let moved = false;
    // Names as bytes: they need not be text.
    for (const entry of await readdir(pathOf(folder), { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([Buffer.from(`${pathOf(folder)}/`), entry.name]);
      if (!entry.isDirectory()) await unlink(path);
      else if (depth < MAX_DEPTH) moved = (await this.#remove(path, depth)) || moved;
      else {
        await rename(path, `${await mkdtemp(`${pathOf(this.#root)}/`)}/deep`);
        moved = true;
      }
    }
    return moved;
  }

  async #remove(path: Buffer, depth: number): Promise<boolean> {
    const folder = await open(path, FOLDER);
    let moved: boolean;
    try {
      // A bind mount of the same file system has the same device: only the mount's id tells.
      if ((await mountOf(folder)) !== this.#mount) throw new Error(`cannot remove ${path}: it is a mount point`);
      moved = await this.empty(folder, depth + 1);
    } finally {
      await folder.close();
    }
    await rmdir(path);
    return moved;
  }
}

async function mountOf(handle: FileHandle): Promise<string> {
  const info = await readFile(`/proc/self/fdinfo/${handle.fd}`, 'utf8');
  return /^mnt_id:\s*(\d+)$/m.exec(info)?.[1] ?? '';
}
