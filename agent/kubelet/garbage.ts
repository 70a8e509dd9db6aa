/** What is over and may go (kubelet `kuberuntime_gc.go`): one dead container of each name is kept, for its log. */
import { readdirSync } from 'node:fs';
import type { Pod } from '../../kube/types.ts';
import type { Folders } from '../files/folders.ts';
import { newestSandbox, type PodListing } from './observe.ts';
import type { PodPorts } from './pod-ports.ts';
import { rotateLogs } from './rotate-logs.ts';

const KEPT = 1;
const ORPHAN_GRACE = 30;

type GarbagePorts = Pick<PodPorts, 'runtime' | 'refresh' | 'folders'>;

/** Removes dead containers but the newest of each name, sandboxes that were replaced, and rotates logs. */
export async function collectPod(pod: Pod, listing: PodListing, ports: GarbagePorts): Promise<void> {
  const newest = newestSandbox(listing)?.id;
  let removed = false;
  for (const containers of byName(listing).values()) {
    const dead = containers.filter(({ state }) => state === 'exited').sort((a, b) => b.attempt - a.attempt);
    const alive = containers.length > dead.length;
    // The newest container is what the status shows, and the one before it its last state.
    for (const { id } of dead.slice(alive ? KEPT : KEPT + 1)) {
      await ports.runtime.removeContainer(id);
      removed = true;
    }
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

function byName({ containers }: PodListing): Map<string, PodListing['containers']> {
  const names = new Map<string, PodListing['containers']>();
  for (const container of containers) names.set(container.name, [...(names.get(container.name) ?? []), container]);
  return names;
}

/** Ends and removes what belongs to no pod of the cluster. */
export async function removeOrphan(listing: PodListing, { runtime, refresh }: GarbagePorts): Promise<void> {
  const running = listing.containers.filter(({ state }) => state === 'running');
  await Promise.all(running.map(({ id }) => runtime.stopContainer(id, ORPHAN_GRACE)));
  for (const { id } of listing.containers) await runtime.removeContainer(id);
  for (const { id } of listing.sandboxes) {
    await runtime.stopSandbox(id);
    await runtime.removeSandbox(id);
  }
  refresh();
}

export function foldersWithoutPod(folders: Folders): string[] {
  try {
    return readdirSync(folders.pods);
  } catch {
    return [];
  }
}
