/**
 * The part of a volume that a mount's `subPath` names (kubelet `volume/util/subpath/subpath_linux.go`). Containers may
 * have written the volume, so the path is walked by handles, and what the last one holds is bound into the pod's
 * folder: no link that is planted in between can lead the runtime elsewhere.
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bindMount, isMountPoint, unmountWithin } from '../files/mount-table.ts';
import { openBeneath } from '../files/open.ts';

export interface SubPath {
  /** The volume, on the node. */
  volumePath: string;
  path: string;
  /** The mount point of the part: the host path of the container's mount. */
  target: string;
  /** For error messages. */
  mount: string;
  container: string;
}

/** Throws without details, as upstream: they would tell of the node's files. The cause has them. */
export async function publishSubPath(sub: SubPath): Promise<void> {
  const where = `for volumeMount "${sub.mount}" of container "${sub.container}"`;
  try {
    await using part = await openOrMake(sub);
    await bind(part, sub.target);
  } catch (cause) {
    const what = cause instanceof MakeError ? 'create subPath directory' : 'prepare subPath';
    throw new Error(`failed to ${what} ${where}`, { cause });
  }
}

class MakeError extends Error {}

async function openOrMake({ volumePath, path }: SubPath): Promise<FileHandle> {
  try {
    return await openBeneath(volumePath, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { mode } = await stat(volumePath);
  try {
    return await openBeneath(volumePath, path, mode & 0o7777);
  } catch (cause) {
    throw new MakeError('', { cause });
  }
}

async function bind(part: FileHandle, target: string): Promise<void> {
  const wanted = await part.stat();
  const there = await lstat(target).catch(() => undefined);
  if (there && (await isMountPoint(target))) {
    if (there.dev === wanted.dev && there.ino === wanted.ino) return;
    await unmountWithin(target);
  }
  // The part may be of another type than before.
  await rmdir(target).catch(() => unlink(target).catch(() => {}));
  await mkdir(dirname(target), { recursive: true, mode: 0o750 });
  // A file does as the mount point of anything that is no folder.
  if (wanted.isDirectory()) await mkdir(target, { mode: 0o750 });
  else await (await open(target, constants.O_CREAT | constants.O_EXCL, 0o640)).close();
  await bindMount(`/proc/${process.pid}/fd/${part.fd}`, target);
}
