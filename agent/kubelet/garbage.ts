/**
 * Removes dead containers, with their files, and orphans (kubelet `kuberuntime_gc.go`). The newest dead container of
 * each name is kept, for its log.
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isTerminal } from '../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../kube/types.ts';
import { containerLog } from '../files/folders.ts';
import type { ContainerEntry } from '../runtimes/runtime.ts';
import { rotateLogs } from './containers/rotate-logs.ts';
import { newestSandbox, type PodListing } from './observe.ts';
import type { PodPorts } from './pods/pod-ports.ts';

const KEPT = 1;
const ORPHAN_GRACE = 30;

export type GarbagePorts = Pick<PodPorts, 'runtime' | 'refresh' | 'folders'>;

/** Removes what {@link deadContainers} says and sandboxes that were replaced, and rotates logs. */
export async function collectPod(pod: Pod, listing: PodListing, ports: GarbagePorts): Promise<void> {
  const newest = newestSandbox(listing)?.id;
  const dead = deadContainers(pod, listing);
  let removed = dead.length > 0;
  for (const container of dead) {
    await ports.runtime.removeContainer(container.id);
    await removeFiles(pod, container, ports);
  }
  const used = new Set(listing.containers.map(({ sandbox }) => sandbox));
  for (const { id, ready } of listing.sandboxes) {
    if (ready || id === newest || used.has(id)) continue;
    await ports.runtime.removeSandbox(id);
    removed = true;
  }
  if (removed) ports.refresh();
  await rotateLogs(pod, listing, ports);
}

/**
 * Ended containers but the newest of each name, and the one before it when that has ended as well: the status shows
 * both. A container that was created and never started is of no use once another has taken its place.
 */
export function deadContainers(pod: Pod, { containers }: PodListing): ContainerEntry[] {
  return [...byName(containers).values()].flatMap((all) => {
    const [newest, ...others] = all.sort((a, b) => b.attempt - a.attempt || b.createdAt - a.createdAt);
    const created = (isTerminal(pod) ? all : others).filter(({ state }) => state === 'created');
    const ended = all.filter(({ state }) => state === 'exited');
    return [...created, ...ended.slice(newest?.state === 'exited' ? KEPT + 1 : KEPT)];
  });
}

function byName(containers: readonly ContainerEntry[]): Map<string, ContainerEntry[]> {
  const names = new Map<string, ContainerEntry[]>();
  for (const container of containers) names.set(container.name, [...(names.get(container.name) ?? []), container]);
  return names;
}

/** The log of one run of a container, with what was rotated, and its termination message. */
async function removeFiles(pod: Pod, { name, attempt }: ContainerEntry, { folders }: GarbagePorts): Promise<void> {
  const { namespace = '', name: podName = '', uid = '' } = pod.metadata;
  await rm(folders.terminationLog(uid, name, attempt), { force: true });
  const log = join(folders.podLogs(namespace, podName, uid), containerLog(name, attempt));
  for (const file of await namesIn(dirname(log))) {
    if (file === basename(log) || file.startsWith(`${basename(log)}.`)) {
      await rm(join(dirname(log), file), { force: true });
    }
  }
}

/** Ends and removes a pod that is not of the cluster. */
export async function removeOrphan(listing: PodListing, { runtime, refresh }: GarbagePorts): Promise<void> {
  try {
    const running = listing.containers.filter(({ state }) => state === 'running');
    await Promise.all(running.map(({ id }) => runtime.stopContainer(id, ORPHAN_GRACE)));
    for (const { id } of listing.containers) await runtime.removeContainer(id);
    for (const { id } of listing.sandboxes) {
      await runtime.stopSandbox(id);
      await runtime.removeSandbox(id);
    }
  } finally {
    refresh();
  }
}

/** Uids of the pods that have a folder, and the log folders by the uid of their pod. */
export interface PodFolders {
  pods: string[];
  logs: Map<string, string>;
}

export async function foldersOfPods({ folders }: GarbagePorts): Promise<PodFolders> {
  const logs = await namesIn(folders.logs);
  return {
    pods: await namesIn(folders.pods),
    // `namespace_name_uid`, and none of the three has an underscore.
    logs: new Map(logs.map((name) => [name.split('_')[2] ?? '', join(folders.logs, name)])),
  };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
