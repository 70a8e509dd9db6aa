/** Making a volume's folder, on disk or in memory, so that it has its mode before anything can see it. */
import { chmod, chown, lstat, mkdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unitsOf } from '../../kube/machinery/quantity.ts';
import { podRequests } from '../../kube/scheduling/requests.ts';
import type { Container, Pod } from '../../kube/types.ts';
import { isMountPoint, mountMemory } from '../files/mount-table.ts';
import type { VolumeRequest } from './volume.ts';

export interface FolderMode {
  mode: number;
  /** Owning group; files made in the folder inherit it. */
  group?: number;
}

const SET_GROUP_ID = 0o2000;
const bits = ({ mode, group }: FolderMode): number => (group === undefined ? mode : mode | SET_GROUP_ID);

/** Makes the folder once: what a container has changed about it since then stays. */
export async function ensureFolder(folder: string, wanted: FolderMode): Promise<void> {
  if (await exists(folder)) return;
  // Volumes' names begin with a letter or digit, so this is no other volume's folder.
  const draft = join(dirname(folder), `.${basename(folder)}`);
  await mkdir(draft, { recursive: true, mode: 0o750 });
  await chown(draft, 0, wanted.group ?? 0).catch(ignoreUnlessGroup(wanted.group));
  await chmod(draft, bits(wanted));
  await rename(draft, folder);
}

/** Mounts a tmpfs of at most `size` bytes there, unless one is there already. */
export async function ensureMemory(folder: string, wanted: FolderMode, size: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  if (await isMountPoint(folder)) return;
  const options = [`mode=${bits(wanted).toString(8)}`, ...(wanted.group === undefined ? [] : [`gid=${wanted.group}`])];
  if (size > 0) options.push(`size=${size}`);
  try {
    // Kernels before 6.4 do not know the option, and user namespaces do not allow it.
    await mountMemory(folder, [...options, 'noswap']);
  } catch {
    await mountMemory(folder, options);
  }
}

/**
 * Bytes: what the pod may use of the node's memory, or less if the volume says so (kubelet `empty_dir.go`,
 * calculateEmptyDirMemorySize).
 */
export function memorySize({ pod, node }: VolumeRequest, sizeLimit?: string): number {
  const sizes = [unitsOf(node.allocatable.memory), memoryLimit(pod), unitsOf(sizeLimit)].filter((size) => size > 0);
  return sizes.length > 0 ? Math.min(...sizes) : 0;
}

/** 0 unless all containers have a limit. */
function memoryLimit(pod: Pod): number {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  if (![...containers, ...initContainers].every(({ resources }) => resources?.limits?.memory)) return 0;
  const asked = (container: Container) => ({ ...container, resources: { requests: container.resources?.limits } });
  return podRequests({ ...pod, spec: { containers: containers.map(asked), initContainers: initContainers.map(asked) } })
    .memory;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** An agent without root's rights owns what it makes; only a group that was asked for must be set. */
function ignoreUnlessGroup(group: number | undefined) {
  return (error: unknown) => {
    if (group !== undefined) throw error;
  };
}
