/**
 * Keeps logs from filling the disk (kubelet `logs/container_log_manager.go`): 10 MiB a file, five files a container.
 */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Pod } from '../../../kube/types.ts';
import { containerLog, type Folders } from '../../files/folders.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import type { PodListing } from '../observe.ts';

const MAX_LOG_SIZE = 10 * 1024 * 1024;
const MAX_LOG_FILES = 5;

export async function rotateLogs(
  pod: Pod,
  listing: PodListing,
  { runtime, folders }: { runtime: Pick<Runtime, 'reopenLog'>; folders: Folders },
  limit = MAX_LOG_SIZE,
): Promise<void> {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  const root = folders.podLogs(namespace, name, uid);
  for (const container of listing.containers) {
    if (container.state !== 'running') continue;
    const path = join(root, containerLog(container.name, container.attempt));
    if (!existsSync(path) || statSync(path).size < limit) continue;
    const moved = `${path}.${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
    renameSync(path, moved);
    try {
      await runtime.reopenLog(container.id);
    } catch (error) {
      // A long log is better than a lost one.
      renameSync(moved, path);
      throw error;
    }
    removeOld(path);
  }
}

function removeOld(path: string): void {
  const folder = dirname(path);
  const rotated = readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(path)}.`))
    .sort();
  for (const name of rotated.slice(0, Math.max(0, rotated.length - (MAX_LOG_FILES - 1)))) {
    rmSync(join(folder, name), { force: true });
  }
}
