/** Folders of this node that are volumes of the cluster's (`islet.dev/local-path`). */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isVolumeFolder } from '../../kube/volumes/local-path.ts';
import { mountTable } from '../files/mount-table.ts';
import { removeTree } from '../files/remove-tree.ts';
import { ensureFolder } from './folder.ts';

/** Pods of any user may write to it, as to an emptyDir. */
export async function makeLocalVolume(path: string, group?: number): Promise<void> {
  if (!isVolumeFolder(path)) throw new Error(`${path} is not the folder of a volume`);
  await ensureFolder(path, { mode: 0o777, group });
}

/** Removes it with all that it holds; one that is not there is removed. */
export async function removeLocalVolume(path: string): Promise<void> {
  if (!isVolumeFolder(path)) throw new Error(`${path} is not the folder of a volume`);
  const folder = join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
  const table = await mountTable();
  const isBeneath = ({ point }: { point: string }): boolean => point === folder || point.startsWith(`${folder}/`);
  if (table.some(isBeneath)) throw new Error(`something is mounted at ${path}`);
  await removeTree(folder);
}
